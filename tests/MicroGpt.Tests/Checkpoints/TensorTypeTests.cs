using System.Runtime.InteropServices;
using MicroGpt.Checkpoints;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Checkpoints;

public sealed class TensorTypeTests
{
    [Theory]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void Every_number_of_a_type_is_stored_as_itself(TensorType type)
    {
        var bits = Enumerable.Range(0, 1 << 16).Select(i => (ushort)i).ToArray();
        var numbers = new float[bits.Length];
        type.ToFloats(MemoryMarshal.AsBytes<ushort>(bits), numbers);
        var again = new ushort[bits.Length];
        Assert.Equal(-1, type.FromFloats(numbers, MemoryMarshal.AsBytes(again.AsSpan())));
        for (var i = 0; i < bits.Length; i++)
            Assert.True(bits[i] == again[i] || float.IsNaN(numbers[i]), $"{bits[i]:X4} became {again[i]:X4}.");
        Assert.Equal(numbers.Count(float.IsNaN), Numbers(type, again).Count(float.IsNaN));
    }

    [Theory]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void Other_numbers_become_the_nearest_and_of_two_the_even_one(TensorType type)
    {
        var random = new MersenneTwister(1);
        for (var i = 0; i < 2000; i++)
        {
            var low = (ushort)random.NextInt32(type == TensorType.F16 ? 0x7BFF : 0x7F7F);
            var (a, b) = (Numbers(type, [low])[0], Numbers(type, [(ushort)(low + 1)])[0]);
            var middle = a + (b - a) / 2;
            Assert.Equal(low, Stored(type, MathF.BitDecrement(middle)));
            Assert.Equal(low + 1, Stored(type, MathF.BitIncrement(middle)));
            Assert.Equal(low % 2 == 0 ? low : low + 1, Stored(type, middle));
        }
    }

    [Theory]
    [InlineData(TensorType.F16, 65520f, 65519f)]
    [InlineData(TensorType.BF16, float.MaxValue, 3.39e38f)]
    public void What_is_beyond_a_types_range_is_told(TensorType type, float beyond, float within)
    {
        var bytes = new byte[6];
        Assert.Equal(1, type.FromFloats([float.PositiveInfinity, beyond, -beyond], bytes));
        Assert.Equal(-1, type.FromFloats([float.NaN, within, -within], bytes));
        Assert.True(float.IsNaN(Numbers(type, MemoryMarshal.Cast<byte, ushort>(bytes).ToArray())[0]));
    }

    [Fact]
    public void Bytes_must_be_as_many_as_the_numbers_take()
    {
        Assert.Throws<ArgumentException>(() => TensorType.F32.ToFloats(new byte[7], new float[2]));
        Assert.Throws<ArgumentException>(() => TensorType.F16.FromFloats(new float[2], new byte[5]));
        Assert.Throws<ArgumentException>(() => TensorType.I8.FromFloats(new float[2], new byte[2]));
    }

    private static int Stored(TensorType type, float number)
    {
        var bits = new ushort[1];
        Assert.Equal(-1, type.FromFloats([number], MemoryMarshal.AsBytes(bits.AsSpan())));
        return bits[0];
    }

    private static float[] Numbers(TensorType type, ushort[] bits)
    {
        var numbers = new float[bits.Length];
        type.ToFloats(MemoryMarshal.AsBytes<ushort>(bits), numbers);
        return numbers;
    }
}
