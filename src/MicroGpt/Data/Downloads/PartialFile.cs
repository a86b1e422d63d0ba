namespace MicroGpt.Data;

/// <summary>
/// The beginning of a file that is still being loaded: <c>NAME.part</c>, and beside it <c>NAME.part.source</c> with the address and
/// what tells that version of the file from others (its ETag or its date). It survives the program, so that the next run goes on.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    public const string Suffix = ".part";
    private const string SourceSuffix = ".part.source";

    private readonly string _path;
    private readonly FileStream _file;

    private PartialFile(string path, FileStream file)
    {
        _path = path;
        _file = file;
        Length = file.Length;
        IsPieced = Length > 0;
    }

    /// <summary>How many bytes there are.</summary>
    public long Length { get; private set; }

    /// <summary>Whether it was not loaded in one go.</summary>
    public bool IsPieced { get; set; }

    /// <summary>What tells this version from others, as the header If-Range takes it; null where the server did not say.</summary>
    public string? Version { get; private set; }

    /// <summary>Opens what an earlier run has left of the same address, or begins.</summary>
    /// <param name="path">The complete file's name.</param>
    /// <param name="source">Where it comes from.</param>
    public static PartialFile Open(string path, Uri source) => OnDisk(path, () =>
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        // Nobody else's, while this program writes it; without a buffer, since what is written comes in large pieces.
        var part = new PartialFile(
            path, new FileStream(path + Suffix, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        var lines = part.Length > 0 && File.Exists(path + SourceSuffix) ? File.ReadAllLines(path + SourceSuffix) : [];
        if (lines.Length is 1 or 2 && lines[0] == source.AbsoluteUri)
            part.Version = lines.ElementAtOrDefault(1);
        else
            part.Truncate();
        part._file.Position = part.Length;
        return part;
    });

    /// <summary>Throws everything away and begins with a version of the file.</summary>
    public void Restart(Uri source, string? version) => OnDisk(_path, () =>
    {
        Truncate();
        Version = version;
        File.WriteAllLines(_path + SourceSuffix, version is null ? [source.AbsoluteUri] : [source.AbsoluteUri, version]);
        return true;
    });

    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.Write(bytes);
            Length += bytes.Length;
        }
        catch (IOException exception)
        {
            throw NotWritten(_path, exception, " What has been loaded is kept: make room, and the same command goes on.");
        }
    }

    /// <summary>The file's content from the beginning, for its checksum.</summary>
    public Stream FromBeginning()
    {
        _file.Position = 0;
        return _file;
    }

    /// <summary>Gives the file its name: from now on it is complete.</summary>
    public void Complete() => OnDisk(_path, () =>
    {
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(_path + Suffix, _path, overwrite: true);
        File.Delete(_path + SourceSuffix);
        return true;
    });

    /// <summary>Leaves nothing behind.</summary>
    public void Delete() => OnDisk(_path, () =>
    {
        _file.Dispose();
        File.Delete(_path + Suffix);
        File.Delete(_path + SourceSuffix);
        return true;
    });

    /// <summary>Closes it; a part without a byte is not worth keeping.</summary>
    public void Dispose()
    {
        if (Length == 0 && _file.CanRead && File.Exists(_path + Suffix))
            Delete();
        _file.Dispose();
    }

    private void Truncate()
    {
        if (Length > 0)
            _file.SetLength(0);
        _file.Position = 0;
        Length = 0;
        IsPieced = false;
        Version = null;
    }

    private static T OnDisk<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(path, exception);
        }
    }

    private static IOException NotWritten(string path, Exception exception, string advice = "") =>
        new($"{path} can't be written: {exception.Message.TrimEnd('.')}.{advice}", exception);
}
