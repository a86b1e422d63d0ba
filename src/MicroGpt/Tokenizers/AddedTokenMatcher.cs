using System.Buffers;
using System.Globalization;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Finds added tokens in a text: the leftmost first, of those that start at one place the longest. As Hugging Face's
/// tokenizers do it (<c>added_vocabulary.rs</c>).
/// </summary>
internal sealed class AddedTokenMatcher
{
    private readonly SearchValues<byte> _firstBytes;
    private readonly Dictionary<(int Node, byte Next), int> _trie = []; // node 0 is the root
    private readonly List<AddedToken?> _ends = [null];                  // the token that ends in a node

    /// <summary>A matcher of tokens, or null where there are none.</summary>
    public static AddedTokenMatcher? Create(IEnumerable<AddedToken> tokens)
    {
        var list = tokens.ToList();
        return list.Count == 0 ? null : new AddedTokenMatcher(list);
    }

    private AddedTokenMatcher(List<AddedToken> tokens)
    {
        foreach (var token in tokens)
        {
            var node = 0;
            foreach (var next in Wtf8.Encode(token.Content))
            {
                if (!_trie.TryGetValue((node, next), out var child))
                {
                    child = _ends.Count;
                    _ends.Add(null);
                    _trie.Add((node, next), child);
                }

                node = child;
            }

            _ends[node] = token;
        }

        _firstBytes = SearchValues.Create([.. _trie.Keys.Where(key => key.Node == 0).Select(key => key.Next)]);
    }

    /// <summary>The next token at or behind a place.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="from">The place, behind the token found before.</param>
    /// <param name="start">Where the token starts, with the white space that it swallows; not before <paramref name="from"/>.</param>
    /// <param name="end">Where it ends, likewise.</param>
    /// <returns>The token, or null where there is none.</returns>
    public AddedToken? Find(ReadOnlySpan<byte> utf8, int from, out int start, out int end)
    {
        for (start = from; utf8[start..].IndexOfAny(_firstBytes) is >= 0 and var distance;)
        {
            start += distance;
            if (Longest(utf8, start, out end) is not { } token)
            {
                start++;
                continue;
            }

            if (token.SingleWord && (EndsWithWord(utf8[..start]) || StartsWithWord(utf8[end..])))
            {
                start = end;
                continue;
            }

            if (token.LeftStrip)
                while (start > from && EndsWithWhiteSpace(utf8[from..start], out var length))
                    start -= length;
            if (token.RightStrip)
                end = CharacterClasses.EndOfWhiteSpace(utf8, end, out _, out _);
            return token;
        }

        start = end = utf8.Length;
        return null;
    }

    private AddedToken? Longest(ReadOnlySpan<byte> utf8, int start, out int end)
    {
        AddedToken? longest = null;
        end = start;
        for (int at = start, node = 0; at < utf8.Length && _trie.TryGetValue((node, utf8[at]), out node);)
        {
            at++;
            if (_ends[node] is not { } token)
                continue;
            longest = token;
            end = at;
        }

        return longest;
    }

    private static bool EndsWithWhiteSpace(ReadOnlySpan<byte> utf8, out int length) =>
        Rune.DecodeLastFromUtf8(utf8, out var rune, out length) == OperationStatus.Done && Rune.IsWhiteSpace(rune);

    private static bool EndsWithWord(ReadOnlySpan<byte> utf8) =>
        Rune.DecodeLastFromUtf8(utf8, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<byte> utf8) =>
        Rune.DecodeFromUtf8(utf8, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    /// <summary><c>\w</c>: alphabetic, marks, decimal digits, connecting punctuation, joiners (Unicode Technical Standard 18, annex C).</summary>
    private static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
        _ => rune.Value is 0x200C or 0x200D                                                  // joiners
            or (>= 0x24B6 and <= 0x24E9)                                                     // letters in circles
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189), // … and in squares
    };
}
