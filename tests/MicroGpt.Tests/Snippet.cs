namespace MicroGpt.Tests;

/// <summary>The C# that a page shows is what a test runs between two marks.</summary>
internal static class Snippet
{
    /// <summary>Compares the first C# of a page, without its usings, with what stands in a test between "the snippet begins" and "ends".</summary>
    public static void AssertShown(string page, string test)
    {
        var shown = File.ReadAllText(Path.Combine(TestFiles.Repository, page)).Split("```csharp\n")[1].Split("```")[0];
        var source = File.ReadAllText(Path.Combine(TestFiles.Repository, "tests", "MicroGpt.Tests", test));
        var run = source.Split("snippet begins\n")[1].Split(" snippet ends")[0];
        run = run[..run.LastIndexOf("        // ", StringComparison.Ordinal)];

        var withoutUsings = string.Join('\n', shown.Split('\n').SkipWhile(line => line.StartsWith("using ", StringComparison.Ordinal) || line.Length == 0));
        Assert.Equal(run.Replace("\n        ", "\n", StringComparison.Ordinal).TrimStart(), withoutUsings);
    }
}
