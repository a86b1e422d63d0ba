using System.Runtime.InteropServices;
using System.Text.Json;
using MicroGpt.Checkpoints.Gguf;

namespace MicroGpt.Tests.Checkpoints.Gguf;

/// <summary>ggml's blocks, bit for bit those that gguf-py makes and reads (<c>TestData/gguf/record.py</c>).</summary>
public sealed class BlockQuantizationTests
{
    private static readonly JsonElement s_recorded =
        JsonDocument.Parse(File.ReadAllText(TestFiles.Recorded("gguf/recorded.json"))).RootElement.GetProperty("blocks");

    [Theory]
    [InlineData(nameof(GgmlType.Q8_0))]
    [InlineData(nameof(GgmlType.Q4_0))]
    public void Blocks_are_those_of_ggml(string name)
    {
        var type = Enum.Parse<GgmlType>(name);
        var numbers = Floats("numbers");
        var bytes = new byte[type.BytesOf(numbers.Length)];
        Assert.Equal(-1, type.FromFloats(numbers, bytes));
        Assert.Equal(s_recorded.GetProperty(name).GetString(), Convert.ToHexStringLower(bytes));

        var again = new float[numbers.Length];
        type.ToFloats(bytes, again);
        Assert.Equal(MemoryMarshal.Cast<float, uint>(Floats(name + "-numbers")), MemoryMarshal.Cast<float, uint>(again));
    }

    [Theory]
    [InlineData(nameof(GgmlType.Q8_0), 1e7f)]
    [InlineData(nameof(GgmlType.Q4_0), -1e6f)]
    public void A_scale_beyond_a_half_is_seen(string name, float number)
    {
        var numbers = new float[64];
        numbers[40] = number;
        var type = Enum.Parse<GgmlType>(name);
        Assert.Equal(32, type.FromFloats(numbers, new byte[type.BytesOf(numbers.Length)]));
    }

    private static float[] Floats(string name) =>
        MemoryMarshal.Cast<uint, float>(s_recorded.GetProperty(name).EnumerateArray().Select(number => number.GetUInt32()).ToArray()).ToArray();
}
