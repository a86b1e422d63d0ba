using System.Text.RegularExpressions;

namespace MicroGpt.Checkpoints;

/// <summary>
/// Many tensors' names for people: those that differ only in the layer's number become one, as in <c>h.{0–11}.ln_1.weight</c>.
/// </summary>
internal static partial class NameList
{
    private const int MostShown = 50;   // of a damaged file's names; those of a model are fewer, as its layers become one
    private const int LongestName = 200;
    private const int MostCompared = 1000;

    /// <summary>The names, shortened.</summary>
    /// <param name="names">All of them.</param>
    /// <param name="nearest">What is perhaps meant by one, or null.</param>
    public static IEnumerable<string> Of(IReadOnlyCollection<string> names, Func<string, string?>? nearest = null)
    {
        var groups = names.GroupBy(name => Number().Replace(name, ".#.", 1)).ToArray();
        foreach (var group in groups.Take(MostShown))
        {
            var text = group.Count() == 1 ? group.First() : group.Key.Replace(".#.", $".{{{Numbers(group)}}}.", StringComparison.Ordinal);
            if (text.Length > LongestName)
                text = text[..LongestName] + "…";
            yield return nearest?.Invoke(group.First()) is { } meant ? $"{text} (perhaps {meant})" : text;
        }

        if (groups.Length > MostShown)
            yield return $"and {groups.Skip(MostShown).Sum(group => group.Count()):N0} more";
    }

    /// <summary>The name that takes the fewest changes, if they are few: at most a third of its characters.</summary>
    public static string? Nearest(string name, IReadOnlyCollection<string> known)
    {
        if (name.Length > LongestName)
            return null;
        var (best, least) = ((string?)null, name.Length / 3 + 1);
        foreach (var other in known.Take(MostCompared))
            if (Math.Abs(other.Length - name.Length) < least && Distance(name, other) is var distance && distance < least)
                (best, least) = (other, distance);
        return best;
    }

    /// <summary>How many characters must be put in, taken out or changed (Levenshtein 1966).</summary>
    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }

        return row[b.Length];
    }

    private static string Numbers(IEnumerable<string> names)
    {
        var numbers = names.Select(name => Number().Match(name).Groups[1].Value).Distinct().OrderBy(number => number.Length).ThenBy(number => number, StringComparer.Ordinal).ToArray();
        var isRange = int.TryParse(numbers[0], out var first) && int.TryParse(numbers[^1], out var last) && last - first == numbers.Length - 1;
        return isRange && numbers.Length > 2 ? $"{numbers[0]}–{numbers[^1]}" : string.Join(",", numbers.Take(MostShown));
    }

    [GeneratedRegex(@"\.(\d{1,9})\.")]
    private static partial Regex Number();
}
