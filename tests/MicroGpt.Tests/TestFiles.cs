namespace MicroGpt.Tests;

/// <summary>Where tests find files: recorded values beside them, the repository, and data sets that are not part of it.</summary>
internal static class TestFiles
{
    /// <summary>The repository's root: the nearest folder above the tests' binaries that holds the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>A file of recorded values in TestData.</summary>
    public static string Recorded(string name) => Path.Combine(AppContext.BaseDirectory, "TestData", name);

    /// <summary>One of the files that PyTorch wrote.</summary>
    public static string OfPyTorch(string name) => Path.Combine(Repository, "tests", "MicroGpt.Tests", "TestData", "pth", name);

    /// <summary>
    /// A data set that the repository may not contain (names.txt, tinyshakespeare.txt), from the folder in MICROGPT_TEST_DATA or
    /// from ../shared/data beside the repository; where it is not there, the test is skipped.
    /// </summary>
    public static string DataSet(string name)
    {
        var folder = Environment.GetEnvironmentVariable("MICROGPT_TEST_DATA") ?? Path.Combine(Repository, "..", "shared", "data");
        var path = Path.Combine(folder, name);
        Assert.SkipUnless(File.Exists(path), $"{name} is not here; set MICROGPT_TEST_DATA to a folder that holds it.");
        return path;
    }

    private static string FindRepository()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "MicroGpt.slnx")))
                return folder;
        throw new InvalidOperationException("The tests run outside the repository.");
    }
}
