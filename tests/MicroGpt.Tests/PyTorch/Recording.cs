using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.PyTorch;

/// <summary>What PyTorch has computed: the tensors of a file that <c>TestData/pytorch/record.py</c> has written.</summary>
internal sealed class Recording
{
    private readonly Dictionary<string, (Shape Shape, double[] Values)> _tensors = [];

    public Recording(string name)
    {
        var file = File.ReadAllBytes(TestFiles.Recorded($"pytorch/{name}.safetensors"));
        var header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var json = JsonDocument.Parse(file.AsMemory(sizeof(long), header));
        foreach (var entry in json.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
        {
            var sizes = entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
            var places = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(place => place.GetInt32()).ToArray();
            var bytes = file.AsSpan(sizeof(long) + header)[places[0]..places[1]];
            double[] values = entry.Value.GetProperty("dtype").GetString() == "F64"
                ? MemoryMarshal.Cast<byte, double>(bytes).ToArray()
                : [.. MemoryMarshal.Cast<byte, int>(bytes).ToArray().Select(value => (double)value)];
            _tensors.Add(entry.Name, (new Shape(sizes.Length == 0 ? [1] : sizes), values));
        }
    }

    public IEnumerable<string> Names => _tensors.Keys;

    public double[] Values(string name) => _tensors[name].Values;

    public int[] Integers(string name) => [.. Values(name).Select(value => (int)value)];

    /// <summary>A recorded tensor as a parameter.</summary>
    public Tensor Parameter(Device device, string name)
    {
        var parameter = Tensor.Parameter(device, name, _tensors[name].Shape);
        Fill(parameter, Values(name));
        return parameter;
    }

    /// <summary>A recorded tensor of integers.</summary>
    public Tensor Indices(Tape tape, string name) => tape.Integers(Integers(name), _tensors[name].Shape);

    public static void Fill(Tensor tensor, double[] values)
    {
        Assert.Equal(tensor.Shape.Count, values.Length);
        for (var i = 0; i < values.Length; i++)
            tensor[i] = values[i];
    }

    /// <summary>
    /// Compares a tensor with PyTorch's: the largest difference is at most 10⁻⁵ of the largest number (10⁻¹² in double precision), and
    /// every difference at most that of its own number, but for a tenth of that of the largest: numbers that nearly cancel.
    /// </summary>
    public void Close(Tensor actual, string name) => Close(actual, name, floor: 0.1);

    /// <summary>
    /// Compares a parameter that AdamW has moved, by the largest number alone: the update divides a gradient by its own size, so that
    /// where it is nothing but rounding (the bias of keys shifts all scores of a query alike) the rounding is seen in the parameter.
    /// </summary>
    public void CloseAfterSteps(Tensor actual, string name) => Close(actual, name, floor: 1);

    private void Close(Tensor actual, string name, double floor)
    {
        var expected = Values(name);
        var tolerance = actual.DType == DType.Float32 ? 1e-5 : 1e-12;
        Assert.Equal(_tensors[name].Shape, actual.Shape);
        Assert.Equal(expected.Length, actual.Shape.Count);
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(actual[i] - expected[i]);
            Assert.True(
                difference <= tolerance * Math.Min(largest, Math.Abs(expected[i]) + floor * largest),
                $"{name}[{i}] of {actual.DType} is {actual[i]:R}; PyTorch has {expected[i]:R}. The largest is {largest:R}.");
        }
    }
}
