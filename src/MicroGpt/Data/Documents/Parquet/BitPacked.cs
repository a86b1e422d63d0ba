using System.Buffers.Binary;

namespace MicroGpt.Data.Documents.Parquet;

/// <summary>Numbers of a few bits each, one behind the other, from the lowest bit of the first byte on.</summary>
internal static class BitPacked
{
    /// <summary>How many bytes numbers take.</summary>
    public static long Bytes(long count, int width) => ((count * width) + 7) / 8;

    /// <summary>Reads a number of up to 64 bits; all its bytes must be there.</summary>
    public static ulong Read(ReadOnlySpan<byte> data, long index, int width)
    {
        if (width == 0)
            return 0;
        var bit = index * width;
        var bytes = data[(int)(bit / 8)..];
        var shift = (int)(bit % 8);
        var value = Word(bytes) >> shift;
        if (shift + width > 64)
            value |= (ulong)bytes[8] << (64 - shift);
        return width == 64 ? value : value & ((1UL << width) - 1);
    }

    private static ulong Word(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 8)
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var word = 0UL;
        for (var i = 0; i < bytes.Length; i++)
            word |= (ulong)bytes[i] << (8 * i);
        return word;
    }
}
