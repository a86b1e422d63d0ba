using System.Text;
using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary>
/// GPT-2's <c>vocab.json</c> and <c>merges.txt</c> (in its first release <c>encoder.json</c> and <c>vocab.bpe</c>): the tokens with
/// their ids, and the merges, a line each behind a line with the version.
/// </summary>
internal static class Gpt2Files
{
    private const string EndOfText = "<|endoftext|>";

    /// <summary>Reads both.</summary>
    /// <param name="vocabulary">The content of vocab.json.</param>
    /// <param name="merges">The content of merges.txt.</param>
    /// <param name="config">What tokenizer_config.json says; without it <c>&lt;|endoftext|&gt;</c> is the token for documents.</param>
    /// <exception cref="InvalidDataException">They are not such files.</exception>
    public static BpeTokenizer Read(ReadOnlyMemory<byte> vocabulary, ReadOnlyMemory<byte> merges, TokenizerConfig? config) =>
        JsonParts.Reading("vocab.json with merges.txt", () =>
        {
            using var json = JsonDocument.Parse(vocabulary);
            List<AddedToken> added = [.. config?.AddedTokens ?? []];
            if (added.Count == 0 && json.RootElement.TryGetProperty(EndOfText, out var id))
                added.Add(new AddedToken(id.GetInt32(), EndOfText));
            var builder = new BpeBuilder(json.RootElement.EnumerateObject().Select(token => (token.Name, token.Value.GetInt32())), added);
            return builder.Build(
                Encoding.UTF8.GetString(merges.Span).Split('\n').Select(line => line.TrimEnd('\r'))
                    .Where((line, number) => line.Length > 0 && !(number == 0 && line.StartsWith("#version", StringComparison.Ordinal)))
                    .Select(ReadMerge),
                new BpeOptions { Splitter = Splitter.Gpt2 },
                config);
        });

    private static (string Left, string Right) ReadMerge(string line) =>
        line.Split(' ') is [var left, var right]
            ? (left, right)
            : throw new InvalidDataException($"\"{line}\" in merges.txt is not two tokens with a space between them.");
}
