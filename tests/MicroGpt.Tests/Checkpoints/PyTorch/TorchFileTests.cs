using MicroGpt.Checkpoints;
using MicroGpt.Checkpoints.PyTorch;

namespace MicroGpt.Tests.Checkpoints.PyTorch;

/// <summary>Files that PyTorch 2.14 wrote: every tensor and every number of them, read whole and in pieces.</summary>
public sealed class TorchFileTests
{
    [Theory]
    [InlineData("state_dict.pth")] // every type, and views of all kinds
    [InlineData("protocol3.pth")]
    [InlineData("protocol4.pth")]
    [InlineData("protocol5.pth")]
    [InlineData("checkpoint.pth")] // in a dict with an optimizer and settings, and compiled
    [InlineData("parallel.pth")]   // in a module for several devices
    public void Every_number_is_PyTorchs(string name)
    {
        using var file = TorchFile.Open(RecordedFiles.Path(name));
        var recorded = RecordedFiles.Recorded.GetProperty(name).EnumerateObject().ToArray();
        Assert.Equal(recorded.Select(tensor => tensor.Name), file.Entries.Select(entry => entry.Name));
        foreach (var (tensor, entry) in recorded.Zip(file.Entries))
        {
            var shape = tensor.Value.GetProperty("shape").Integers();
            Assert.Equal(shape.Length == 0 ? [1] : shape, entry.Shape.ToArray());
            var expected = tensor.Value.GetProperty("values").Numbers();
            var doubles = new double[entry.Shape.Count];
            file.Read(entry.Name, doubles);
            Assert.Equal(entry.Type == TensorType.F64 ? expected : Array.ConvertAll(expected, value => (double)(float)value), doubles);
            for (var first = 0; first <= doubles.Length; first++)
                for (var count = 0; count <= doubles.Length - first; count++)
                {
                    var floats = new float[count];
                    file.Read(entry.Name, floats, first);
                    Assert.Equal(Array.ConvertAll(expected[first..(first + count)], value => (float)value), floats);
                }
        }
    }

    [Fact]
    public void Types_are_those_of_PyTorch()
    {
        using var file = TorchFile.Open(RecordedFiles.Path("state_dict.pth"));
        Assert.Equal(Enum.GetValues<TensorType>(), file.Entries.Take(10).Select(entry => entry.Type));
    }

    [Fact]
    public void Elements_that_are_not_there_are_refused()
    {
        using var file = TorchFile.Open(RecordedFiles.Path("state_dict.pth"));
        Assert.Throws<ArgumentException>(() => file.Read("nothing", new float[1]));
        Assert.Throws<ArgumentException>(() => file.Read("column", new float[7]));
        Assert.Throws<ArgumentException>(() => file.Read("column", new double[1], 6));
        Assert.Throws<ArgumentException>(() => file.Read("column", new float[1], -1));
    }

    [Theory]
    [InlineData("old.pth", "before PyTorch 1.6, which is not read here; convert it in Python with torch.save(torch.load(")]
    [InlineData("torchscript.pth", "or is a TorchScript program; convert it in Python")]
    [InlineData("record.py", "it is no file that torch.save wrote")]
    public void Other_files_are_refused_with_what_to_do(string name, string message)
    {
        var path = RecordedFiles.Path(name);
        var exception = Assert.Throws<InvalidDataException>(() => TorchFile.Open(path));
        Assert.StartsWith($"{path} can't be read: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_refused()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(RecordedFiles.Path("protocol4.pth"));
        File.WriteAllBytes(folder.File("cut.pth"), whole);
        using var file = File.OpenHandle(folder.File("cut.pth"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        for (var length = whole.Length - 1; length >= 0; length--)
        {
            RandomAccess.SetLength(file, length);
            Assert.Throws<InvalidDataException>(() => TorchFile.Open(folder.File("cut.pth")));
        }
    }

    [Fact]
    public void Large_views_are_read_over_the_borders_of_pieces()
    {
        const int Rows = 300, Columns = 70;
        using var folder = new TemporaryFolder();
        var path = folder.File("large.pth");
        var storage = new float[Rows * Columns];
        for (var i = 0; i < storage.Length; i++)
            storage[i] = i;
        var bytes = new byte[storage.Length * sizeof(float)];
        Buffer.BlockCopy(storage, 0, bytes, 0, bytes.Length);
        // The transpose of (Rows, Columns), as an own pickle says it.
        var pickle = new PickleBuilder().StateDict("w", "FloatStorage", storage.Length, offset: 0, [Columns, Rows], [1, Columns]);
        File.WriteAllBytes(path, TorchArchive.Write(pickle, bytes));
        using var file = TorchFile.Open(path);
        var read = new float[storage.Length];
        file.Read("w", read);
        for (var i = 0; i < Columns; i++)
            for (var j = 0; j < Rows; j++)
                Assert.Equal(storage[j * Columns + i], read[i * Rows + j]);
    }
}
