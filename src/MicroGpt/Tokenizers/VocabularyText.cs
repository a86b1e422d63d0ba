using System.Text;
using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary>
/// BERT's <c>vocab.txt</c>: a token a line, the first being 0. How texts are normalized stands in <c>tokenizer_config.json</c>, if at all;
/// the special tokens are those of BERT's names.
/// </summary>
public static class VocabularyText
{
    /// <summary>The file's usual name.</summary>
    public const string FileName = "vocab.txt";

    /// <summary>Reads such a file.</summary>
    /// <param name="content">The file.</param>
    /// <param name="configContent">The content of tokenizer_config.json, or null where there is none.</param>
    /// <exception cref="InvalidDataException">The content is not such a file; the message says which line.</exception>
    public static WordPieceTokenizer Read(ReadOnlySpan<byte> content, ReadOnlyMemory<byte>? configContent = null)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content.StartsWith("\uFEFF"u8) ? content[3..] : content);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"it is not UTF-8 (at byte {exception.Index:N0}).", exception);
        }

        var lines = text.Split('\n');
        var tokens = new List<string>(lines.Length);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length - (lines[^1].Length == 0 ? 1 : 0); i++)
        {
            var token = lines[i].TrimEnd();
            if (token.Length == 0)
                throw new InvalidDataException($"line {i + 1} is empty; it should hold a token.");
            if (!seen.TryAdd(token, i + 1))
                throw new InvalidDataException($"the token {token} stands in the lines {seen[token]} and {i + 1}.");
            tokens.Add(token);
        }

        return JsonParts.Reading(FileName, () => new WordPieceTokenizer(tokens, Options(tokens, configContent)));
    }

    /// <summary>The file's content.</summary>
    public static byte[] Write(WordPieceTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Encoding.UTF8.GetBytes(string.Concat(tokenizer.Vocabulary.Select(token => token + "\n")));
    }

    private static WordPieceOptions Options(List<string> tokens, ReadOnlyMemory<byte>? configContent)
    {
        var special = WordPieceOptions.BertSpecialTokens.Select(name => new AddedToken(tokens.IndexOf(name), name)).Where(token => token.Id >= 0).ToList();
        var options = new WordPieceOptions
        {
            AddedTokens = special,
            BosToken = special.Find(token => token.Content == "[CLS]")?.Content,
            EosToken = special.Find(token => token.Content == "[SEP]")?.Content,
        };
        if (configContent is not { } content)
            return options;
        using var json = JsonDocument.Parse(content);
        return options with
        {
            Lowercase = json.RootElement.Flag("do_lower_case", missing: true),
            StripAccents = json.RootElement.Find("strip_accents")?.GetBoolean(),
            SplitChineseCharacters = json.RootElement.Flag("tokenize_chinese_chars", missing: true),
        };
    }
}
