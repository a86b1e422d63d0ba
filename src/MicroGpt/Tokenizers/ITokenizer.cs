using System.Buffers;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Turns text into token ids and back. Models know only the ids. A tokenizer never changes, and any number of threads may use it
/// at once.
/// </summary>
public interface ITokenizer
{
    /// <summary>The number of ids, from 0 to this less one, special tokens included.</summary>
    int VocabularySize { get; }

    /// <summary>The id that stands before and behind every document, or null where text is one endless stream.</summary>
    int? BosId { get; }

    /// <summary>The id that ends a document or an answer, or null where there is none; often the same as <see cref="BosId"/>.</summary>
    int? EosId { get; }

    /// <summary>The tokens that stand for no text, with their ids.</summary>
    IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>The ids of a text, with none added before or behind it.</summary>
    /// <param name="text">The text. A half of a surrogate pair that stands alone is kept where the vocabulary has all bytes.</param>
    /// <param name="allowSpecial">
    /// Whether the names of special tokens in the text become these tokens. Without it what a person types is text and nothing else.
    /// </param>
    /// <exception cref="ArgumentException">The text can't be expressed in this vocabulary.</exception>
    int[] Encode(string text, bool allowSpecial = false);

    /// <summary>Appends the ids of a text in UTF-8, in which no special token is recognised.</summary>
    /// <param name="text">The text; byte-level tokenizers keep bytes that are not UTF-8 as they are.</param>
    /// <param name="ids">Receives the ids.</param>
    /// <exception cref="ArgumentException">The text can't be expressed in this vocabulary.</exception>
    void EncodeUtf8(ReadOnlySpan<byte> text, List<int> ids);

    /// <summary>The text of ids. Bytes that are not UTF-8 become U+FFFD.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="withSpecial">Whether special tokens give their names; otherwise they give nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    string Decode(IEnumerable<int> ids, bool withSpecial = false);

    /// <summary>Writes the text of ids in UTF-8; byte-level tokenizers write exactly the bytes that were encoded.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="output">Receives the bytes.</param>
    /// <param name="withSpecial">Whether special tokens give their names; otherwise they give nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    void DecodeUtf8(ReadOnlySpan<int> ids, IBufferWriter<byte> output, bool withSpecial = false);

    /// <summary>A token for people to look at: its text, or its bytes as \xNN where they are no text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    string TokenText(int id);
}
