using System.Buffers.Binary;
using System.Text;

namespace MicroGpt.Tests.Checkpoints.Gguf;

/// <summary>Puts a GGUF file together field by field, right or wrong.</summary>
internal sealed class GgufBytes(uint version = 3, bool bigEndian = false)
{
    private readonly List<byte> _values = [];
    private readonly List<byte> _tensors = [];
    private ulong _valueCount;
    private ulong _tensorCount;

    /// <summary>Instead of the numbers of what was added.</summary>
    public ulong? ClaimedTensors { get; init; }

    public ulong? ClaimedValues { get; init; }

    public int Alignment { get; init; } = 32;

    /// <summary>A value: its name, its type and its bytes.</summary>
    public GgufBytes Value(string name, uint type, params byte[][] bytes)
    {
        _values.AddRange([.. Text(name), .. Number(type), .. bytes.SelectMany(part => part)]);
        _valueCount++;
        return this;
    }

    /// <summary>A tensor; dimensions are in the file's order.</summary>
    public GgufBytes Tensor(string name, uint type, ulong offset, params ulong[] dimensions)
    {
        _tensors.AddRange([.. Text(name), .. Number((uint)dimensions.Length), .. dimensions.SelectMany(Number), .. Number(type), .. Number(offset)]);
        _tensorCount++;
        return this;
    }

    public byte[] Text(string text) => [.. Number((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    public byte[] Number(uint number)
    {
        var bytes = new byte[sizeof(uint)];
        if (bigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }

    public byte[] Number(ulong number)
    {
        var bytes = new byte[sizeof(ulong)];
        if (bigEndian)
            BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return bytes;
    }

    /// <summary>The file, with so many bytes of tensors.</summary>
    public byte[] File(params byte[] data)
    {
        byte[] header =
        [
            .. "GGUF"u8, .. Number(version), .. Number(ClaimedTensors ?? _tensorCount), .. Number(ClaimedValues ?? _valueCount), .. _values, .. _tensors,
        ];
        return [.. header, .. new byte[(Alignment - header.Length % Alignment) % Alignment], .. data];
    }
}
