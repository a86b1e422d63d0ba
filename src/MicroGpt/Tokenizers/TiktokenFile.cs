using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// A <c>.tiktoken</c> file: a line for every token, its bytes in Base64, a space, and its rank, which is its id. Split pattern and
/// special tokens are not in it; those of OpenAI's are known by the file's name (openai/tiktoken, <c>openai_public.py</c>).
/// </summary>
internal static class TiktokenFile
{
    // More ids without a token than any published encoding has: cl100k_base has 16.
    private const int MostReserved = 4096;

    private const int ShortestLine = 7; // "IQ== 0" and the line's end

    private const string EndOfText = "<|endoftext|>";

    private static readonly Dictionary<string, (Splitter Splitter, AddedToken[] Special)> s_known = new()
    {
        ["gpt2"] = (Splitter.Gpt2, [new(50256, EndOfText)]),
        ["r50k_base"] = (Splitter.Gpt2, [new(50256, EndOfText)]),
        ["p50k_base"] = (Splitter.Gpt2, [new(50256, EndOfText)]),
        ["cl100k_base"] = (Splitter.Gpt4,
        [
            new(100257, EndOfText), new(100258, "<|fim_prefix|>"), new(100259, "<|fim_middle|>"), new(100260, "<|fim_suffix|>"),
            new(100276, "<|endofprompt|>"),
        ]),
        ["o200k_base"] = (Splitter.O200k, [new(199999, EndOfText), new(200018, "<|endofprompt|>")]),
    };

    /// <summary>The splitter and special tokens of a known name.</summary>
    /// <exception cref="InvalidDataException">The name is not known.</exception>
    public static (Splitter Splitter, IReadOnlyList<AddedToken> Special) Known(string name) =>
        s_known.TryGetValue(name, out var found)
            ? found
            : throw new InvalidDataException(
                $"a .tiktoken file says neither how text is cut nor which tokens are special, and \"{name}\" is none of those known by name ({string.Join(", ", s_known.Keys)}). Rename the file, or give both to TokenizerFiles.LoadTiktoken.");

    /// <summary>Reads a file.</summary>
    /// <param name="content">Its content.</param>
    /// <param name="splitter">Cuts the text.</param>
    /// <param name="special">The special tokens; ids between them that have no token become <c>&lt;|reserved_N|&gt;</c>.</param>
    /// <exception cref="InvalidDataException">It is not such a file, or the tokens don't fit into it.</exception>
    public static BpeTokenizer Read(ReadOnlySpan<byte> content, Splitter splitter, IReadOnlyList<AddedToken> special)
    {
        var tokens = new List<byte[]?>();
        var line = 0;
        foreach (var range in content.Split((byte)'\n'))
        {
            line++;
            var text = content[range].TrimEnd((byte)'\r');
            if (text.IsEmpty)
                continue;
            var (bytes, rank) = ReadLine(text, line);
            if (rank > content.Length / ShortestLine + MostReserved)
                throw new InvalidDataException($"line {line} has the rank {rank}, which leaves too many ranks without a token.");
            while (tokens.Count <= rank)
                tokens.Add(null);
            if (tokens[rank] is not null)
                throw new InvalidDataException($"line {line} has the rank {rank}, which came before.");
            tokens[rank] = bytes;
        }

        return Build(tokens, splitter, special, ".tiktoken file");
    }

    /// <summary>The tokenizer of an encoding of tiktoken, wherever its parts come from.</summary>
    /// <param name="tokens">The bytes of each token by its rank; null where there is none.</param>
    /// <param name="splitter">Cuts the text.</param>
    /// <param name="special">The special tokens.</param>
    /// <param name="what">What the parts are of, for messages.</param>
    /// <exception cref="InvalidDataException">The parts don't fit together.</exception>
    public static BpeTokenizer Build(List<byte[]?> tokens, Splitter splitter, IReadOnlyList<AddedToken> special, string what)
    {
        var added = Fill(tokens, special);
        return JsonParts.Reading(what, () => BpeTokenizer.FromRanks(
            tokens!, BpeBuilder.Complete(new BpeOptions { Splitter = splitter }, added, config: null)));
    }

    private static (byte[] Bytes, int Rank) ReadLine(ReadOnlySpan<byte> text, int line)
    {
        var space = text.IndexOf((byte)' ');
        if (space > 0 && int.TryParse(text[(space + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var rank))
        {
            var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(space)];
            if (Base64.DecodeFromUtf8(text[..space], bytes, out _, out var written) == System.Buffers.OperationStatus.Done && written > 0)
                return (bytes[..written], rank);
        }

        throw new InvalidDataException($"line {line} is not a token in Base64, a space, and its rank.");
    }

    /// <summary>Puts special tokens where there is none, and reserved ones in the holes that are left.</summary>
    private static List<AddedToken> Fill(List<byte[]?> tokens, IReadOnlyList<AddedToken> special)
    {
        var added = special.ToList();
        foreach (var token in special)
        {
            if (token.Id < 0 || token.Id - tokens.Count > MostReserved)
                throw new InvalidDataException($"the special token {token.Content} has the id {token.Id}, but the file's {tokens.Count} tokens end far before it.");
            while (tokens.Count <= token.Id)
                tokens.Add(null);
            if (tokens[token.Id] is not null)
                throw new InvalidDataException($"the special token {token.Content} has the id {token.Id}, which is another token's in the file.");
            tokens[token.Id] = Wtf8.Encode(token.Content);
        }

        var holes = Enumerable.Range(0, tokens.Count).Where(id => tokens[id] is null).ToList();
        if (holes.Count > MostReserved)
            throw new InvalidDataException($"{holes.Count} ranks have no token, the first of them {holes[0]}.");
        foreach (var id in holes)
        {
            added.Add(new AddedToken(id, $"<|reserved_{id}|>"));
            tokens[id] = Encoding.UTF8.GetBytes(added[^1].Content);
        }

        return added;
    }
}
