using System.Buffers.Binary;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>
/// ggml's two simplest quantizations, bit for bit as its reference does them (ggml-org/llama.cpp, <c>ggml-quants.c</c>): 32 neighbours
/// share a scale, the half at the block's start, and each is a small integer times it.
/// </summary>
internal static class BlockQuantization
{
    /// <summary>Numbers in a block.</summary>
    public const int Length = 32;

    /// <summary>A scale and 32 signed bytes.</summary>
    public const int BytesOfQ8 = ScaleBytes + Length;

    /// <summary>A scale and 16 bytes of two numbers each, the first half of the block in the low four bits.</summary>
    public const int BytesOfQ4 = ScaleBytes + Length / 2;

    private const int ScaleBytes = 2;

    /// <summary>Quantizes: the largest magnitude of a block becomes ±127.</summary>
    /// <returns>The first element of a block whose scale a half can't hold, or −1.</returns>
    public static int ToQ8(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (var first = 0; first < source.Length; first += Length, destination = destination[BytesOfQ8..])
        {
            var block = source.Slice(first, Length);
            var scale = Math.Abs(block[IndexOfLargest(block)]) / 127;
            if (!TryWriteScale(scale, destination))
                return first;
            var inverse = scale == 0 ? 0 : 1 / scale;
            for (var i = 0; i < Length; i++)
                destination[ScaleBytes + i] = (byte)(sbyte)MathF.Round(block[i] * inverse, MidpointRounding.AwayFromZero);
        }

        return -1;
    }

    /// <summary>
    /// Quantizes to the integers −8 to 7, stored from 0 on: the number of the largest magnitude becomes −8, so the scale has the
    /// opposite sign of it.
    /// </summary>
    /// <returns>The first element of a block whose scale a half can't hold, or −1.</returns>
    public static int ToQ4(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (var first = 0; first < source.Length; first += Length, destination = destination[BytesOfQ4..])
        {
            var block = source.Slice(first, Length);
            var scale = block[IndexOfLargest(block)] / -8;
            if (!TryWriteScale(scale, destination))
                return first;
            var inverse = scale == 0 ? 0 : 1 / scale;
            for (var i = 0; i < Length / 2; i++)
                destination[ScaleBytes + i] = (byte)(Nibble(block[i] * inverse) | Nibble(block[i + Length / 2] * inverse) << 4);
        }

        return -1;

        static int Nibble(float number) => Math.Min(15, (int)(number + 8.5f));
    }

    public static void FromQ8(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (; !destination.IsEmpty; destination = destination[Length..], source = source[BytesOfQ8..])
        {
            var scale = ReadScale(source);
            for (var i = 0; i < Length; i++)
                destination[i] = (sbyte)source[ScaleBytes + i] * scale;
        }
    }

    public static void FromQ4(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (; !destination.IsEmpty; destination = destination[Length..], source = source[BytesOfQ4..])
        {
            var scale = ReadScale(source);
            for (var i = 0; i < Length / 2; i++)
            {
                destination[i] = ((source[ScaleBytes + i] & 15) - 8) * scale;
                destination[i + Length / 2] = ((source[ScaleBytes + i] >> 4) - 8) * scale;
            }
        }
    }

    private static int IndexOfLargest(ReadOnlySpan<float> block)
    {
        var largest = 0;
        for (var i = 1; i < block.Length; i++)
            if (Math.Abs(block[i]) > Math.Abs(block[largest]))
                largest = i;
        return largest;
    }

    private static bool TryWriteScale(float scale, Span<byte> block)
    {
        var half = (Half)scale;
        BinaryPrimitives.WriteHalfLittleEndian(block, half);
        return !Half.IsInfinity(half) || !float.IsFinite(scale);
    }

    private static float ReadScale(ReadOnlySpan<byte> block) => (float)BinaryPrimitives.ReadHalfLittleEndian(block);
}
