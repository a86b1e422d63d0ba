using System.Buffers;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Decodes ids one by one, as a model gives them, and never hands out half a character: the bytes of an unfinished one wait for
/// the ids that complete it. The pieces together are the text that the tokenizer gives for all the ids at once.
/// </summary>
/// <param name="tokenizer">The tokenizer; a token's text may depend on the token shown before it, on no other.</param>
/// <param name="withSpecial">Whether special tokens give their names; otherwise they give nothing.</param>
public sealed class StreamingDecoder(ITokenizer tokenizer, bool withSpecial = false)
{
    private readonly ITokenizer _tokenizer = tokenizer ?? throw new ArgumentNullException(nameof(tokenizer));
    private readonly ArrayBufferWriter<byte> _decoded = new();
    private readonly ArrayBufferWriter<byte> _waiting = new();
    private readonly HashSet<int> _hidden = withSpecial ? [] : [.. tokenizer.SpecialTokens.Values];
    private int? _previous; // of those that are shown

    /// <summary>Adds an id and returns the characters that it completes, perhaps none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string Add(int id)
    {
        if (_hidden.Contains(id))
            return "";
        _waiting.Write(TextBehindPrevious(id));
        _previous = id;
        var bytes = _waiting.WrittenSpan;
        var finished = bytes.Length - Wtf8.UnfinishedLength(bytes);
        return Take(finished);
    }

    /// <summary>What is left when no more ids come: U+FFFD for an unfinished character. The decoder can be used again.</summary>
    public string Flush()
    {
        _previous = null;
        return Take(_waiting.WrittenCount);
    }

    private ReadOnlySpan<byte> TextBehindPrevious(int id)
    {
        _decoded.ResetWrittenCount();
        if (_previous is not { } previous)
        {
            _tokenizer.DecodeUtf8([id], _decoded, withSpecial);
            return _decoded.WrittenSpan;
        }

        _tokenizer.DecodeUtf8([previous], _decoded, withSpecial);
        var before = _decoded.WrittenCount;
        _decoded.ResetWrittenCount();
        _tokenizer.DecodeUtf8([previous, id], _decoded, withSpecial);
        return _decoded.WrittenSpan[before..];
    }

    private string Take(int count)
    {
        var text = Wtf8.Decode(_waiting.WrittenSpan[..count]);
        var rest = _waiting.WrittenSpan[count..].ToArray();
        _waiting.ResetWrittenCount();
        _waiting.Write(rest);
        return text;
    }
}
