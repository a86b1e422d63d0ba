namespace MicroGpt.Data.Curriculum.Language;

/// <summary>As much of English grammar as the curriculum's words need.</summary>
internal static class English
{
    private static readonly Dictionary<string, string> s_irregular = new()
    {
        ["mouse"] = "mice",
        ["goose"] = "geese",
        ["sheep"] = "sheep",
        ["deer"] = "deer",
        ["fish"] = "fish",
        ["wolf"] = "wolves",
        ["knife"] = "knives",
        ["leaf"] = "leaves",
        ["loaf"] = "loaves",
        ["shelf"] = "shelves",
        ["scarf"] = "scarves",
        ["potato"] = "potatoes",
        ["tomato"] = "tomatoes",
        ["child"] = "children",
        ["box"] = "boxes",
    };

    /// <summary>"a kite", "an egg". No word of the curriculum begins with a silent h or with a u as in unit.</summary>
    public static string WithArticle(string noun) => (IsVowel(char.ToLowerInvariant(noun[0])) ? "an " : "a ") + noun;

    /// <summary>"kites", "cherries", "mice"; of several words the last is put into the plural.</summary>
    public static string Plural(string noun)
    {
        var last = noun.LastIndexOf(' ') + 1;
        return last == 0 ? PluralOfWord(noun) : noun[..last] + PluralOfWord(noun[last..]);
    }

    /// <summary>"1 kite", "2 kites".</summary>
    public static string Count(int count, string noun) => $"{count} {(count == 1 ? noun : Plural(noun))}";

    /// <summary>With its first letter in upper case.</summary>
    public static string Capitalised(string text) =>
        text.Length == 0 || char.IsUpper(text[0]) ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string PluralOfWord(string word)
    {
        if (s_irregular.TryGetValue(word, out var plural))
            return plural;
        if (word[^1] is 's' or 'x' || word.EndsWith("ch", StringComparison.Ordinal) || word.EndsWith("sh", StringComparison.Ordinal))
            return word + "es";
        return word[^1] == 'y' && word.Length > 1 && !IsVowel(word[^2]) ? word[..^1] + "ies" : word + "s";
    }

    private static bool IsVowel(char letter) => letter is 'a' or 'e' or 'i' or 'o' or 'u';
}
