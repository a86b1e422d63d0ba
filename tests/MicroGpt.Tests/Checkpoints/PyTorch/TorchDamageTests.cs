using System.Buffers.Binary;
using System.Text;
using MicroGpt.Checkpoints;
using MicroGpt.Checkpoints.PyTorch;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Checkpoints.PyTorch;

/// <summary>Files that say what can't be are refused, and the sentence says what.</summary>
public sealed class TorchDamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(6, 0, new long[] { -2, 3 }, new long[] { 3, 1 }, "impossible shape")]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { -3, 1 }, "impossible shape")]
    [InlineData(6, -1, new long[] { 2, 3 }, new long[] { 3, 1 }, "impossible shape")]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 1 }, "impossible shape")]
    [InlineData(6, 0, new long[] { long.MaxValue, long.MaxValue }, new long[] { long.MaxValue, 1 }, "a tensor has more than 2,147,479,552 numbers")]
    [InlineData(6, 0, new long[] { 1L << 20, 1L << 20 }, new long[] { 0, 0 }, "a tensor has more than 2,147,479,552 numbers")]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { long.MaxValue, 1 }, "reaches beyond the 6 numbers of its storage 0")]
    [InlineData(6, 1, new long[] { 2, 3 }, new long[] { 3, 1 }, "reaches beyond the 6 numbers of its storage 0")]
    [InlineData(6, long.MaxValue, new long[] { 2, 3 }, new long[] { 3, 1 }, "reaches beyond the 6 numbers of its storage 0")]
    [InlineData(6, 0, new long[] { 4, 3 }, new long[] { 3, 1 }, "reaches beyond the 6 numbers of its storage 0")]
    [InlineData(6, 0, new long[] { 1L << 40, 0 }, new long[] { 1, 1 }, "w has a shape that no tensor here can have")]
    [InlineData(7, 0, new long[] { 2, 3 }, new long[] { 3, 1 }, "archive/data/0 in it has 24 bytes, which are not 7 numbers of type F32")]
    [InlineData(long.MaxValue, 0, new long[] { 2, 3 }, new long[] { 3, 1 }, "which are not 9,223,372,036,854,775,807 numbers of type F32")]
    [InlineData(-6, 0, new long[] { 2, 3 }, new long[] { 3, 1 }, "it refers to something beside it that is not known")]
    public void Shapes_must_be_within_their_storage(long count, long offset, long[] sizes, long[] strides, string message) =>
        Refused(message, new PickleBuilder().StateDict("w", "FloatStorage", count, offset, sizes, strides), new byte[24]);

    [Fact]
    public void Many_views_of_little_are_refused() =>
        Refused("its tensors together are more than 100 times as large as it is", new PickleBuilder().StateDict("w", "FloatStorage", 1, 0, [1 << 30], [0]), new byte[4]);

    [Fact]
    public void Storages_must_be_there_and_of_one_kind()
    {
        Refused("it has no archive/data/0, which its pickle speaks of", new PickleBuilder().StateDict("w", "FloatStorage", 6, 0, [6], [1]), storage: null);
        var twice = new PickleBuilder().Add("}(").Text("a").Tensor("FloatStorage", 6, 0, [6], [1]).Text("b").Tensor("HalfStorage", 12, 0, [12], [1]).Add("u").Stop();
        Refused("the storage 0 has two types or lengths", twice, new byte[24]);
    }

    [Theory]
    [InlineData("a", "a", "it holds the tensor a twice")]
    [InlineData("a.b", "a._orig_mod.b", "it holds the tensor a.b twice")] // the name without what torch.compile puts into it
    public void The_same_tensor_twice_is_refused(string first, string second, string message) =>
        Refused(message, new PickleBuilder().Add("}(").Text(first).Tensor("FloatStorage", 6, 0, [6], [1]).Text(second).Tensor("FloatStorage", 6, 0, [6], [1]).Add("u").Stop(), new byte[24]);

    [Theory]
    [InlineData("N", "it holds no state_dict; write one with torch.save")]
    [InlineData("}", "it holds no tensors")]
    [InlineData("}X\u0001\0\0\0aK\u0001s", "it holds no tensors")]
    public void What_is_no_state_dict_is_refused(string program, string message) => Refused(message, new PickleBuilder().Add(program).Stop(), storage: null);

    [Fact]
    public void Which_of_several_state_dicts_is_wanted_must_be_clear()
    {
        var two = new PickleBuilder().Add("}(").Text("generator").Add("}").Text("w").Tensor("FloatStorage", 6, 0, [6], [1]).Add("s")
            .Text("critic").Add("}").Text("w").Tensor("FloatStorage", 6, 0, [6], [1]).Add("su").Stop();
        Refused("it holds several state_dicts: generator, critic. Write the one that is wanted alone", two, new byte[24]);
        Refused("it holds a tensor whose name is no text", new PickleBuilder().Add("}K\u0001").Tensor("FloatStorage", 6, 0, [6], [1]).Add("s").Stop(), new byte[24]);
    }

    [Fact]
    public void All_that_is_missing_and_all_that_is_not_known_is_told_at_once()
    {
        var bytes = File.ReadAllBytes(RecordedFiles.Path("microgpt-50m.pth"));
        foreach (var (from, to) in ((string, string)[])[("ln_f.weight", "ln_g.weight"), ("gpt_blocks.1.ffn.fc1.bias", "gpt_blocks.1.ffm.fc1.bias"), ("embedding.weight", "embedding.weigth")])
            Rename(from, to);
        var message = Assert.Throws<InvalidDataException>(() => Import(bytes)).Message;
        Assert.Contains("does not fit the model: it lacks embedding.weight, gpt_blocks.1.ffn.fc1.bias, ln_f.weight; it has unknown ", message, StringComparison.Ordinal);
        Assert.Contains("embedding.weigth (perhaps embedding.weight)", message, StringComparison.Ordinal);
        Assert.Contains("gpt_blocks.1.ffm.fc1.bias (perhaps gpt_blocks.1.ffn.fc1.bias)", message, StringComparison.Ordinal);
        Assert.Contains("ln_g.weight (perhaps ln_f.weight)", message, StringComparison.Ordinal);

        void Rename(string from, string to)
        {
            var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(from));
            Assert.True(at > 0);
            Encoding.UTF8.GetBytes(to).CopyTo(bytes, at);
        }
    }

    [Fact]
    public void Weights_that_are_no_numbers_need_a_word()
    {
        var bytes = File.ReadAllBytes(RecordedFiles.Path("microgpt-50m.pth"));
        var storages = ZipDirectory.Read(bytes.Length, (offset, count) => bytes.AsSpan((int)offset, count));
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan((int)storages["microgpt-50m/data/0"].Offset + 8), float.NaN);
        using (var model = Import(bytes))
        using (var device = Device.Cpu(threads: 1))
            Assert.Contains("embedding.weight has the number NaN at 2. The weights are damaged, or training has diverged; --allow-nan takes them", Assert.Throws<InvalidDataException>(() => model.Load(device)).Message, StringComparison.Ordinal);
        using (var model = Import(bytes, allowNonFinite: true))
        {
            var numbers = new float[4];
            model.Weights.Read("transformer.wte.weight", numbers);
            Assert.Equal([false, false, true, false], numbers.Select(float.IsNaN));
        }
    }

    [Fact]
    public void Numbers_of_other_machines_are_refused()
    {
        var bytes = File.ReadAllBytes(RecordedFiles.Path("protocol4.pth"));
        var order = bytes.AsSpan().IndexOf("little"u8);
        "bigend"u8.CopyTo(bytes.AsSpan(order));
        Write(bytes);
        Assert.Contains("don't have their lowest byte first", Assert.Throws<InvalidDataException>(() => TorchFile.Open(_folder.File("file.pth"))).Message, StringComparison.Ordinal);
    }

    private StoredModel Import(byte[] bytes, bool allowNonFinite = false)
    {
        Write(bytes);
        return ModelImporter.Import(_folder.File("file.pth"), new ImportOptions { Preset = "microgpt-50m", Heads = 4, AllowNonFinite = allowNonFinite });
    }

    private void Refused(string message, byte[] pickle, byte[]? storage)
    {
        Write(TorchArchive.Write(pickle, storage));
        var exception = Assert.Throws<InvalidDataException>(() => TorchFile.Open(_folder.File("file.pth")));
        Assert.StartsWith($"{_folder.File("file.pth")} can't be read: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    private void Write(byte[] bytes) => File.WriteAllBytes(_folder.File("file.pth"), bytes);
}
