namespace MicroGpt.Tests;

/// <summary>
/// A disk that is full for one file: /dev/full, which takes every byte for one too many. A writer locks it, whatever the process,
/// so tests take it in turn.
/// </summary>
internal sealed class FullDisk : IDisposable
{
    private readonly Mutex _turn = new(initiallyOwned: false, @"Global\microgpt-tests-full-disk");

    public FullDisk()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        _turn.WaitOne();
    }

    /// <summary>Puts a file on the full disk.</summary>
    public static void Hold(string path) => File.CreateSymbolicLink(path, "/dev/full");

    public void Dispose()
    {
        _turn.ReleaseMutex();
        _turn.Dispose();
    }
}
