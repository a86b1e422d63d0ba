using MicroGpt.Checkpoints;

namespace MicroGpt.Tests.Checkpoints;

public sealed class AtomicFileTests
{
    [Fact]
    public void A_file_is_written_and_replaced()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("file");
        AtomicFile.Write(path, stream => stream.Write("old"u8));
        AtomicFile.Write(path, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_old_file_survives_a_failed_write()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("file");
        File.WriteAllText(path, "old");
        var error = Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[1 << 20]);
            stream.Flush();
            throw new IOException("the cable was pulled");
        }));
        Assert.Equal($"{path} could not be written: the cable was pulled", error.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_old_file_survives_a_full_disk()
    {
        using var disk = new FullDisk();
        using var folder = new TemporaryFolder();
        var path = folder.File("file");
        File.WriteAllText(path, "old");
        FullDisk.Hold(path + AtomicFile.TemporarySuffix);
        var error = Assert.Throws<IOException>(() => AtomicFile.Write(path, stream => stream.Write(new byte[100_000])));
        Assert.StartsWith($"{path} could not be written: No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_rest_of_an_interrupted_write_is_written_over()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("file");
        File.WriteAllText(path + AtomicFile.TemporarySuffix, "half a file that is longer than the new one");
        AtomicFile.Write(path, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_IOException() =>
        Assert.Throws<IOException>(() => AtomicFile.Write("/no/such/folder/file", _ => { }));

    [Fact]
    public void Two_writers_of_one_file_do_not_mix()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("file");
        AtomicFile.Write(path, stream =>
        {
            Assert.Throws<IOException>(() => AtomicFile.Write(path, other => other.Write("second"u8)));
            stream.Write("first"u8);
        });
        Assert.Equal("first", File.ReadAllText(path));
    }
}
