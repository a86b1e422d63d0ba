using System.Globalization;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Reads the part of the language of regular expressions that split patterns use: alternatives, groups, case-insensitive
/// groups, sets, general categories, quantifiers behind single characters, looking ahead. The rest is refused by name.
/// </summary>
internal sealed class PatternParser
{
    private const int MostNested = 50;
    private const int MostRepetitions = 1000;

    private readonly string _pattern;
    private int _at;
    private int _nested;

    private PatternParser(string pattern) => _pattern = pattern;

    /// <summary>The alternatives of a pattern, in their order.</summary>
    /// <exception cref="ArgumentException">It has a part that can't be followed; the message says which.</exception>
    public static IReadOnlyList<PatternNode?> Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        var ways = parser.Alternatives(ignoreCase: false);
        if (parser._at < pattern.Length)
            throw parser.Refuse("a closing parenthesis without its opening one");
        return [.. ways.Select(way => way(null))];
    }

    // A part becomes a node once it is known what follows it, so parts are functions of the node behind them.
    private List<Func<PatternNode?, PatternNode?>> Alternatives(bool ignoreCase)
    {
        if (++_nested > MostNested)
            throw Refuse("parentheses nested too deep");
        List<Func<PatternNode?, PatternNode?>> ways = [];
        do
        {
            var parts = new List<Func<PatternNode?, PatternNode?>>();
            while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
                parts.Add(Part(ignoreCase));
            ways.Add(next => Enumerable.Reverse(parts).Aggregate(next, (behind, part) => part(behind)));
        }
        while (Takes("|"));
        _nested--;
        return ways;
    }

    private Func<PatternNode?, PatternNode?> Part(bool ignoreCase)
    {
        if (Takes("("))
            return Group(ignoreCase);
        if (Takes("$"))
            return next => new PatternNode.End(next);
        if (_pattern[_at] is '^' or '*' or '+' or '?' or '{')
            throw Refuse($"{_pattern[_at]} at this place");
        var set = Takes("[") ? Set(ignoreCase) : Single(ignoreCase);
        var (least, most, possessive) = Quantifier();
        return next => new PatternNode.Run(set, least, most, possessive, next);
    }

    private Func<PatternNode?, PatternNode?> Group(bool ignoreCase)
    {
        var isLook = false;
        var negative = false;
        var atomic = false;
        if (Takes("?i:"))
            ignoreCase = true;
        else if (Takes("?=") || (negative = Takes("?!")))
            isLook = true;
        else if (!Takes("?:") && !(atomic = Takes("?>")) && _pattern[_at..].StartsWith('?'))
            throw Refuse("a group of this kind");
        var ways = Alternatives(ignoreCase);
        if (!Takes(")"))
            throw Refuse("an opening parenthesis without its closing one");
        var (least, most, possessive) = Quantifier();
        if (most != 1 || (isLook && least != 1))
            throw Refuse("a quantifier behind a group, other than ?,");
        return next =>
        {
            List<Func<PatternNode?, PatternNode?>> all = least == 0 ? [.. ways, behind => behind] : ways;
            return isLook ? new PatternNode.Look([.. ways.Select(way => way(null))], negative, next)
                : atomic || possessive ? new PatternNode.Atomic([.. all.Select(way => way(null))], next)
                : new PatternNode.Choice([.. all.Select(way => way(next))]);
        };
    }

    private CharacterSet Single(bool ignoreCase)
    {
        var set = new CharacterSet();
        if (Takes("."))
        {
            var all = new CharacterSet { Negated = true };
            all.Add(new Rune('\n'), ignoreCase: false);
            return all;
        }

        if (Member(set) is { } rune)
            set.Add(rune, ignoreCase);
        return set;
    }

    private CharacterSet Set(bool ignoreCase)
    {
        var set = new CharacterSet { Negated = Takes("^") };
        for (var isFirst = true; isFirst || !Takes("]"); isFirst = false)
        {
            if (_at >= _pattern.Length)
                throw Refuse("a set without its closing bracket");
            if (_pattern[_at] == '[' || _pattern[_at..].StartsWith("&&", StringComparison.Ordinal))
                throw Refuse("a set inside a set");
            if (Member(set) is not { } first)
                continue;
            if (!(_pattern[_at..].StartsWith('-') && !_pattern[_at..].StartsWith("-]", StringComparison.Ordinal)))
            {
                set.Add(first, ignoreCase);
                continue;
            }

            _at++;
            if (ignoreCase || _at >= _pattern.Length || Member(set) is not { } last || last < first)
                throw Refuse("a range of this kind");
            set.AddRange(first, last);
        }

        return set;
    }

    /// <summary>The next character that stands for itself; null where it was a class, which is added.</summary>
    private Rune? Member(CharacterSet set)
    {
        if (!Takes("\\"))
        {
            if (Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out var rune, out var length) != System.Buffers.OperationStatus.Done)
                throw Refuse("half a character");
            _at += length;
            return rune;
        }

        if (_at == _pattern.Length)
            throw Refuse("a \\ at the end");
        var escaped = _pattern[_at++];
        switch (escaped)
        {
            case 's' or 'S':
                set.AddWhiteSpace(escaped == 'S');
                return null;
            case 'd' or 'D':
                set.TryAddCategory("Nd", escaped == 'D');
                return null;
            case 'p' or 'P':
                var end = _pattern.IndexOf('}', _at);
                if (!Takes("{") || end < 0 || !set.TryAddCategory(_pattern[_at..end], escaped == 'P'))
                    throw Refuse("a class of characters that is no general category");
                _at = end + 1;
                return null;
            case 'r':
                return new Rune('\r');
            case 'n':
                return new Rune('\n');
            case 't':
                return new Rune('\t');
            default:
                return char.IsAsciiLetterOrDigit(escaped) || !Rune.TryCreate(escaped, out var rune) ? throw Refuse($"\\{escaped}") : rune;
        }
    }

    private (int Least, int Most, bool Possessive) Quantifier()
    {
        var (least, most) = Takes("?") ? (0, 1) : Takes("*") ? (0, int.MaxValue) : Takes("+") ? (1, int.MaxValue) : Takes("{") ? Counts() : (-1, -1);
        if (least < 0)
            return (1, 1, false);
        if (Takes("?"))
            throw Refuse("a quantifier that takes as few as it can");
        return (least, most, Takes("+"));
    }

    private (int Least, int Most) Counts()
    {
        var end = _pattern.IndexOf('}', _at);
        var parts = end < 0 ? [] : _pattern[_at..end].Split(',');
        if (parts.Length is not (1 or 2) || !TryCount(parts[0], out var least))
            throw Refuse("a quantifier that is no number");
        var most = least;
        if (parts is [_, ""])
            most = int.MaxValue;
        else if (parts is [_, var text] && (!TryCount(text, out most) || most < least))
            throw Refuse("a quantifier that is no number");
        _at = end + 1;
        return (least, most);
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count <= MostRepetitions;

    private bool Takes(string text)
    {
        if (string.CompareOrdinal(_pattern, _at, text, 0, text.Length) != 0)
            return false;
        _at += text.Length;
        return true;
    }

    private ArgumentException Refuse(string what) =>
        new($"The split pattern {_pattern} can't be followed: it has {what} at character {Math.Min(_at, _pattern.Length) + 1}.");
}
