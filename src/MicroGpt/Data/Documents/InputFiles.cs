using System.IO.Enumeration;

namespace MicroGpt.Data.Documents;

/// <summary>Finds the files that a person means.</summary>
internal static class InputFiles
{
    private static readonly EnumerationOptions s_entries = new()
    {
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = false, // else what lies in them would be missing without a word
    };

    /// <summary>Files as they stand, folders with all readable files in them, and what patterns match; each file once.</summary>
    /// <exception cref="IOException">There is nothing to read under one of the inputs.</exception>
    public static List<string> Find(IEnumerable<string> inputs)
    {
        var files = new List<string>();
        var seen = new HashSet<string>();
        foreach (var input in inputs)
            foreach (var file in FilesOf(input))
                if (seen.Add(Corpus.IsEmbedded(file) ? file : Path.GetFullPath(file)))
                    files.Add(file);
        return files.Count > 0 ? files : throw new FileNotFoundException("There is nothing to read: no file, folder or pattern is given.");
    }

    private static List<string> FilesOf(string input)
    {
        if (File.Exists(input) || Corpus.IsEmbedded(input))
            return [input];
        try
        {
            var isFolder = Directory.Exists(input);
            if (!isFolder && !IsPattern(input))
                throw new FileNotFoundException($"{input}: there is no such file or folder.", input);

            var found = isFolder ? Within(input, int.MaxValue).Where(Formats.IsKnown) : Match(input);
            var files = found.Order(StringComparer.Ordinal).ToList();
            return files.Count > 0 ? files : throw new FileNotFoundException(
                isFolder ? $"{input}: there is no file to read in this folder ({Formats.Endings})." : $"{input}: no file matches.", input);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{input}: a folder can't be read: {exception.Message}", exception);
        }
    }

    private static bool IsPattern(string path) => path.AsSpan().ContainsAny('*', '?');

    /// <summary>
    /// All files in a folder and, down to a depth, in the folders in it; hidden ones are passed, and so are links to folders, which
    /// may lead back.
    /// </summary>
    private static IEnumerable<string> Within(string folder, int depth)
    {
        foreach (var entry in new DirectoryInfo(folder.Length == 0 ? "." : folder).EnumerateFileSystemInfos("*", s_entries))
        {
            var path = Path.Combine(folder, entry.Name);
            if (entry is FileInfo)
                yield return path;
            else if (depth > 1 && entry.LinkTarget is null)
                foreach (var file in Within(path, depth - 1))
                    yield return file;
        }
    }

    /// <summary>The files that match a pattern: ** is any number of folders, * and ? are any characters of a name.</summary>
    private static IEnumerable<string> Match(string pattern)
    {
        var parts = Split(pattern);
        var isFixed = parts.TakeWhile(part => !IsPattern(part)).Count();
        var folder = string.Join(Path.DirectorySeparatorChar, parts[..isFixed]) + (isFixed > 0 ? Path.DirectorySeparatorChar : "");
        var within = parts[isFixed..];
        if (folder.Length > 0 && !Directory.Exists(folder))
            return [];
        var depth = within.Contains("**") ? int.MaxValue : within.Length;
        return Within(folder, depth).Where(file => Matches(Split(file[folder.Length..]), within));
    }

    private static string[] Split(string path) => path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);

    private static bool Matches(ReadOnlySpan<string> path, ReadOnlySpan<string> pattern)
    {
        if (pattern.IsEmpty || path.IsEmpty)
            return pattern.IsEmpty && path.IsEmpty;
        if (pattern[0] == "**")
            return pattern.Length == 1 || Matches(path, pattern[1..]) || Matches(path[1..], pattern);
        return FileSystemName.MatchesSimpleExpression(pattern[0], path[0], OperatingSystem.IsWindows()) && Matches(path[1..], pattern[1..]);
    }
}
