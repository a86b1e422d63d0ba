namespace MicroGpt.Tests;

/// <summary>
/// Compares what a program says with what a person has approved: a text file in the repository. Where they differ, what came
/// is written beside it, so that approving is renaming.
/// </summary>
internal static class Approved
{
    /// <param name="path">The approved file, from the repository's root, without <c>.approved.txt</c>.</param>
    /// <param name="text">What came.</param>
    public static void Matches(string path, string text)
    {
        var file = Path.Combine(TestFiles.Repository, path);
        var (approved, received) = (file + ".approved.txt", file + ".received.txt");
        text = Tidy(text);
        if (File.Exists(approved) && Tidy(File.ReadAllText(approved)) == text)
        {
            File.Delete(received);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(received, text);
        Assert.Fail($"{path}.approved.txt differs from what came. If what came is right, approve it:\n  mv {received} {approved}");
    }

    /// <summary>Spaces at the end of lines, which editors remove, and line endings do not count.</summary>
    private static string Tidy(string text) =>
        string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).TrimEnd('\n') + "\n";
}
