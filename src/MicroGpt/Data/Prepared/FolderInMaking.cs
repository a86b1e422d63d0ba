namespace MicroGpt.Data.Prepared;

/// <summary>
/// A folder that is there whole or not at all: filled under a temporary name beside its place, then renamed. What an interrupted
/// preparation left under that name is replaced.
/// </summary>
internal sealed class FolderInMaking : IDisposable
{
    private readonly string _folder;
    private bool _isComplete;

    /// <summary>Makes the temporary folder.</summary>
    /// <exception cref="IOException">There is something in its place already, or it can't be made.</exception>
    public FolderInMaking(string folder, bool overwrite)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(_folder))
            throw new IOException($"{folder} is a file; a folder is needed.");
        if (Directory.Exists(_folder) && Directory.EnumerateFileSystemEntries(_folder).Any())
        {
            if (!PreparedCorpus.Exists(_folder))
                throw new IOException($"{folder} holds something else than prepared data. Choose another folder.");
            if (!overwrite)
                throw new IOException($"{folder} already holds prepared data. Replace it (--overwrite), or choose another folder.");
        }

        try
        {
            DeleteOurs(Temporary);
            DeleteOurs(Replaced);
            Directory.CreateDirectory(Temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder {folder} can't be made: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    /// <summary>Where the files go.</summary>
    public string Temporary => _folder + ".tmp";

    private string Replaced => _folder + ".old.tmp";

    /// <summary>Gives the folder its name.</summary>
    /// <exception cref="IOException">It can't be renamed.</exception>
    public void Complete()
    {
        if (PreparedCorpus.Exists(_folder))
            Directory.Move(_folder, Replaced);
        else if (Directory.Exists(_folder))
            Directory.Delete(_folder); // it is empty
        Directory.Move(Temporary, _folder);
        _isComplete = true;
        DeleteOurs(Replaced);
    }

    /// <summary>What is not complete goes.</summary>
    public void Dispose()
    {
        if (_isComplete)
            return;
        try
        {
            DeleteOurs(Temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What made it incomplete says more than this would.
        }
    }

    /// <summary>Deletes a folder of this name if nothing is in it but what a preparation makes.</summary>
    private static void DeleteOurs(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            var name = Path.GetFileName(path);
            if (!Path.GetExtension(name).Equals(".tmp", StringComparison.Ordinal) && !name.EndsWith(".bin", StringComparison.Ordinal)
                && !name.EndsWith(".json", StringComparison.Ordinal))
                throw new IOException($"{folder} is in the way, and holds {name}, which is not of a preparation.");
        }

        Directory.Delete(folder, recursive: true);
    }
}
