using System.Globalization;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>A set of characters in a split pattern: ranges, general categories, white space, each of them or what is not in them.</summary>
internal sealed class CharacterSet
{
    // The names of the general categories, in the order of UnicodeCategory.
    private static readonly string[] s_categories =
        "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Cn".Split(' ');

    private readonly List<Func<int, UnicodeCategory, bool>> _parts = [];
    private bool[]? _ascii; // made when first asked

    /// <summary>Whether the set is everything but its parts.</summary>
    public bool Negated { get; init; }

    /// <summary>Adds a character, in either case if so.</summary>
    public void Add(Rune rune, bool ignoreCase)
    {
        AddRange(rune, rune);
        if (!ignoreCase)
            return;
        var (lower, upper) = (Rune.ToLowerInvariant(rune), Rune.ToUpperInvariant(rune));
        AddRange(lower, lower);
        AddRange(upper, upper);
        if (lower.Value is 's' or 'k') // ſ and the Kelvin sign are an s and a k without regard to case
            AddRange(lower.Value == 's' ? new Rune(0x17F) : new Rune(0x212A));
    }

    /// <summary>Adds a range, its ends included.</summary>
    public void AddRange(Rune first, Rune last) => _parts.Add((codePoint, _) => codePoint >= first.Value && codePoint <= last.Value);

    /// <summary>Adds white space, <c>\s</c>, or all else, <c>\S</c>.</summary>
    public void AddWhiteSpace(bool negated) => _parts.Add((codePoint, _) => (codePoint >= 0 && Rune.IsWhiteSpace((Rune)codePoint)) != negated);

    /// <summary>Adds a general category or a group of them, <c>\p{L}</c>, or all else.</summary>
    /// <returns>False where the name is of no category.</returns>
    public bool TryAddCategory(string name, bool negated)
    {
        var mask = 0u;
        for (var category = 0; category < s_categories.Length; category++)
            if (s_categories[category].StartsWith(name, StringComparison.Ordinal))
                mask |= 1u << category;
        if (name.Length == 0 || mask == 0)
            return false;
        _parts.Add((codePoint, category) => (codePoint >= 0 && ((mask >> (int)category) & 1) != 0) != negated);
        return true;
    }

    /// <summary>Whether a character is in the set; −1 stands for a byte that is not UTF-8.</summary>
    public bool Contains(int codePoint) =>
        (uint)codePoint < 128 ? (_ascii ??= [.. Enumerable.Range(0, 128).Select(IsIn)])[codePoint] : IsIn(codePoint);

    private void AddRange(Rune only) => AddRange(only, only);

    private bool IsIn(int codePoint)
    {
        var category = codePoint < 0 ? UnicodeCategory.OtherNotAssigned : CharUnicodeInfo.GetUnicodeCategory(codePoint);
        foreach (var part in _parts)
            if (part(codePoint, category))
                return !Negated;
        return Negated;
    }
}
