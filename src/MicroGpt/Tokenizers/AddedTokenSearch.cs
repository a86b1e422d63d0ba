using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// The way of a text around its added tokens: those that are looked for in the text as it came, then normalization, then those
/// that are looked for in the normalized text; what lies between goes to the encoder.
/// </summary>
internal sealed class AddedTokenSearch
{
    private readonly AddedTokenMatcher? _raw;
    private readonly AddedTokenMatcher? _normalized;
    private readonly NormalizationForm? _normalization;

    /// <param name="tokens">The tokens to look for.</param>
    /// <param name="normalization">The normal form of the text between those that are not normalized, or null.</param>
    public AddedTokenSearch(IEnumerable<AddedToken> tokens, NormalizationForm? normalization)
    {
        var list = tokens.ToList();
        _raw = AddedTokenMatcher.Create(list.Where(token => !token.Normalized));
        _normalized = AddedTokenMatcher.Create(
            list.Where(token => token.Normalized).Select(token => normalization is { } form
                ? token with { Content = UnicodeNormalization.Normalize(token.Content, form) }
                : token));
        _normalization = normalization;
    }

    /// <summary>Appends the ids of a text.</summary>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids, BpeEncoder encoder, bool addPrefixSpace)
    {
        for (var at = 0; at < utf8.Length;)
        {
            AddedToken? token = null;
            int start = utf8.Length, end = utf8.Length;
            if (_raw is not null)
                token = _raw.Find(utf8, at, out start, out end);
            EncodeBetween(utf8[at..start], ids, encoder, addPrefixSpace);
            if (token is not null)
                ids.Add(token.Id);
            at = end;
        }
    }

    private void EncodeBetween(ReadOnlySpan<byte> utf8, List<int> ids, BpeEncoder encoder, bool addPrefixSpace)
    {
        if (_normalization is { } form)
            utf8 = UnicodeNormalization.Normalize(utf8, form);
        for (var at = 0; at < utf8.Length;)
        {
            AddedToken? token = null;
            int start = utf8.Length, end = utf8.Length;
            if (_normalized is not null)
                token = _normalized.Find(utf8, at, out start, out end);
            var text = utf8[at..start];
            if (addPrefixSpace && !text.IsEmpty && text[0] != ' ')
                text = (byte[])[(byte)' ', .. text];
            encoder.Encode(text, ids);
            if (token is not null)
                ids.Add(token.Id);
            at = end;
        }
    }
}
