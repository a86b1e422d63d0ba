using System.Reflection;

namespace MicroGpt.Data;

/// <summary>The small data sets inside the library, written for this project, so that everything can be tried offline.</summary>
public static class EmbeddedData
{
    /// <summary>First names of many languages in the letters a to z, one a line.</summary>
    public const string Names = "names";

    /// <summary>Chinese given names, one a line.</summary>
    public const string ChineseNames = "names-zh";

    /// <summary>The names of all embedded data sets.</summary>
    public static IReadOnlyList<string> All { get; } = [Names, ChineseNames];

    /// <summary>Whether there is a data set of that name.</summary>
    public static bool Has(string name) => All.Contains(name);

    /// <summary>The text of a data set.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new ArgumentException($"There is no embedded data \"{name}\"; there are {string.Join(", ", All)}.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
