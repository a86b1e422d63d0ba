using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace MicroGpt.Checkpoints;

/// <summary>
/// A file seen as memory: what is looked at is read, by the operating system, and nothing else. Pages that were looked at count as
/// this program's until they are given back, which happens now and then, so that reading a large file takes little memory.
/// </summary>
internal sealed unsafe partial class MappedFile : IDisposable
{
    private const long BytesBetweenReleases = 64 << 20;
    private const int AdviseDontNeed = 4; // MADV_DONTNEED of Linux's madvise(2); pages of a file come back from it when touched

    private readonly MemoryMappedFile? _file; // null for an empty one, which can't be mapped
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _start;
    private long _sinceRelease;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public MappedFile(string path)
    {
        Path = path;
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            Length = stream.Length;
            if (Length == 0)
            {
                stream.Dispose();
                return;
            }

            _file = MemoryMappedFile.CreateFromFile(
                stream, mapName: null, Length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        }
        catch (Exception exception)
        {
            stream?.Dispose();
            Dispose();
            if (exception is UnauthorizedAccessException or NotSupportedException)
                throw new IOException($"{path}: the file can't be read ({exception.Message.TrimEnd('.')}).", exception);
            throw;
        }
    }

    /// <summary>The file's name.</summary>
    public string Path { get; }

    /// <summary>Its size in bytes.</summary>
    public long Length { get; }

    /// <summary>Some bytes; they are there until the file is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all in the file.</exception>
    public ReadOnlySpan<byte> Slice(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
            throw new ArgumentOutOfRangeException(nameof(offset), $"The file of {Length} bytes has no {count} bytes at {offset}.");
        if (Interlocked.Add(ref _sinceRelease, count) > BytesBetweenReleases && OperatingSystem.IsLinux())
        {
            Interlocked.Exchange(ref _sinceRelease, 0);
            _ = Advise(_start, (nuint)Length, AdviseDontNeed);
        }

        return new ReadOnlySpan<byte>(_start + offset, count);
    }

    public void Dispose()
    {
        if (_start is not null)
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _start = null;
        _view?.Dispose();
        _file?.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
