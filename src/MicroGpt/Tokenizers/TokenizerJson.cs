using System.Buffers;
using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary>
/// <c>tokenizer.json</c> as the Hugging Face tokenizers library writes it. Its models BPE (on bytes), WordLevel (of single
/// characters) and WordPiece have a file each here; what of theirs can't be followed exactly is refused by name.
/// </summary>
public static class TokenizerJson
{
    /// <summary>The file's content.</summary>
    /// <exception cref="ArgumentException">The tokenizer is of no kind that such a file can hold.</exception>
    public static byte[] Write(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonParts.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            switch (tokenizer)
            {
                case CharTokenizer characters:
                    CharJson.Write(json, characters);
                    break;
                case BpeTokenizer bpe:
                    BpeJson.Write(json, bpe);
                    break;
                case WordPieceTokenizer wordPiece:
                    WordPieceJson.Write(json, wordPiece);
                    break;
                default:
                    throw new ArgumentException($"A {tokenizer.GetType().Name} can't be written as tokenizer.json.", nameof(tokenizer));
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads such a file, ours or another's.</summary>
    /// <param name="content">The file's content.</param>
    /// <param name="config">What tokenizer_config.json says; without it, a token for documents is known by the usual names.</param>
    /// <exception cref="InvalidDataException">The content is not such a file, or can't be followed exactly; the message says why.</exception>
    public static ITokenizer Read(ReadOnlyMemory<byte> content, TokenizerConfig? config = null) =>
        JsonParts.Reading("tokenizer.json", () =>
        {
            using var json = JsonDocument.Parse(content);
            var root = json.RootElement;
            return root.GetProperty("model").Text("type") switch
            {
                "WordLevel" => (ITokenizer)CharJson.Read(root),
                "WordPiece" => WordPieceJson.Read(root, config),
                "BPE" or null => BpeJson.Read(root, config), // files of the first versions name no type
                var other => throw new InvalidDataException($"it holds a {other} model; BPE, WordLevel and WordPiece can be read."),
            };
        });
}
