using System.Buffers.Binary;
using System.Text;

namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>The bytes of a pickle, taken from the front. A length is believed only as far as there are bytes.</summary>
/// <param name="bytes">All of them.</param>
/// <remarks>Everything throws an <see cref="InvalidDataException"/> whose message is the end of a sentence about the file.</remarks>
internal ref struct PickleInput(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Bytes that were taken.</summary>
    public readonly int Position => _length - _rest.Length;

    private readonly int _length = bytes.Length;

    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
            throw new InvalidDataException($"its pickle is cut short, or has a length of {count:N0} where {_rest.Length:N0} bytes are left");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>The only numbers in a pickle whose highest byte is first.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>An integer in two's complement, of no byte (0) to 8.</summary>
    public long Integer(ulong length)
    {
        if (length > sizeof(long))
            throw new InvalidDataException($"its pickle has an integer of {length:N0} bytes; those of a state_dict have 8 at most");
        var bytes = Take(length);
        var value = bytes.IsEmpty || bytes[^1] < 0x80 ? 0L : -1;
        for (var i = bytes.Length - 1; i >= 0; i--)
            value = (value << 8) | bytes[i];
        return value;
    }

    public string Text(ulong length)
    {
        try
        {
            return s_strict.GetString(Take(length));
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException("its pickle has a text that is not UTF-8", exception);
        }
    }

    /// <summary>A text up to the end of a line.</summary>
    public string Line()
    {
        var end = _rest.IndexOf((byte)'\n');
        var line = Text(end < 0 ? (ulong)_rest.Length + 1 : (ulong)end);
        Take(1);
        return line;
    }
}
