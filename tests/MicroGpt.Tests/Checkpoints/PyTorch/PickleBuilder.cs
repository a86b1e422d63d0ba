using System.Buffers.Binary;
using System.Text;

namespace MicroGpt.Tests.Checkpoints.PyTorch;

/// <summary>Writes pickles by hand, good ones and bad ones.</summary>
internal sealed class PickleBuilder
{
    private readonly List<byte> _bytes = [0x80, 2];

    public PickleBuilder Add(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBuilder Add(string ascii) => Add(Encoding.Latin1.GetBytes(ascii));

    public PickleBuilder Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Add((byte)'X').Add(LittleEndian(bytes.Length)).Add(bytes);
    }

    public PickleBuilder Global(string module, string name) => Add($"c{module}\n{name}\n");

    /// <summary>As 8 bytes, of which Python would write as few as it can.</summary>
    public PickleBuilder Integer(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Add(0x8A, 8).Add(bytes);
    }

    public PickleBuilder Tuple(params long[] values)
    {
        Add("(");
        foreach (var value in values)
            Integer(value);
        return Add("t");
    }

    /// <summary>A tensor in the storage "0".</summary>
    public PickleBuilder Tensor(string storageType, long count, long offset, long[] sizes, long[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2")
            .Add("((").Text("storage").Global("torch", storageType).Text("0").Text("cpu").Integer(count).Add("tQ")
            .Integer(offset).Tuple(sizes).Tuple(strides).Add(0x89).Add("}tR");

    /// <summary>A dict with one tensor.</summary>
    public byte[] StateDict(string name, string storageType, long count, long offset, long[] sizes, long[] strides) =>
        Add("}").Text(name).Tensor(storageType, count, offset, sizes, strides).Add("s").Stop();

    public byte[] Stop() => [.. _bytes, (byte)'.'];

    public static byte[] LittleEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
