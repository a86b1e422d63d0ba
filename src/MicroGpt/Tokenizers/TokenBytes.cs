using System.Buffers;

namespace MicroGpt.Tokenizers;

/// <summary>How many bytes of text each token stands for: none for special ones.</summary>
internal static class TokenBytes
{
    /// <summary>The bytes by id, or null for a tokenizer whose tokens do not add up to the text: WordPiece, which drops spaces.</summary>
    public static int[]? Of(ITokenizer tokenizer)
    {
        if (tokenizer is WordPieceTokenizer)
            return null;
        var (bytes, buffer) = (new int[tokenizer.VocabularySize], new ArrayBufferWriter<byte>());
        for (var id = 0; id < bytes.Length; id++)
        {
            buffer.ResetWrittenCount();
            tokenizer.DecodeUtf8([id], buffer);
            bytes[id] = buffer.WrittenCount;
        }

        return bytes;
    }
}
