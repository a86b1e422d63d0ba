using System.Buffers.Binary;

namespace MicroGpt.Data.Documents.Parquet;

/// <summary>Reads through the bytes of a page; whatever lies beyond its end is damage.</summary>
internal sealed class PageBytes(ReadOnlyMemory<byte> bytes)
{
    private int _position;

    /// <summary>How many bytes are left.</summary>
    public int Left => bytes.Length - _position;

    /// <summary>The next bytes.</summary>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public ReadOnlyMemory<byte> Take(long count)
    {
        if (count < 0 || count > Left)
            throw new InvalidDataException("a value goes beyond the end of its page");
        _position += (int)count;
        return bytes.Slice(_position - (int)count, (int)count);
    }

    /// <summary>The same bytes from the same place on, read apart.</summary>
    public PageBytes Fork() => new(bytes[_position..]);

    public byte Byte() => Take(1).Span[0];

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4).Span);

    /// <summary>A number in as few bytes as it needs, 7 bits in each.</summary>
    public ulong UInt64()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var piece = Byte();
            value |= (ulong)(piece & 127) << shift;
            if (piece < 128)
                return value;
        }

        throw new InvalidDataException("a number has more than 64 bits");
    }

    /// <summary>The same with the sign in the lowest bit.</summary>
    public long Int64()
    {
        var value = UInt64();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
