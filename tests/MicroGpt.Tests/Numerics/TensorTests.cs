using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

public sealed class TensorTests : IDisposable
{
    private readonly Device _device = Device.Cpu(threads: 1);

    public void Dispose() => _device.Dispose();

    [Fact]
    public unsafe void A_parameter_starts_as_zeros_on_a_cache_line_and_wants_a_gradient()
    {
        var tensor = Tensor.Parameter(_device, "weight", new Shape(3, 5));
        Assert.Equal(new float[15], tensor.AsSpan<float>().ToArray());
        Assert.Equal(0, (nint)tensor.Pointer<float>() % 64);
        Assert.True(tensor.RequiresGrad);
        Assert.False(tensor.HasGrad);
        Assert.Null(tensor.Grad);
        Assert.Equal("weight Float32(3, 5)", tensor.ToString());
        Assert.Equal(60, tensor.Bytes.Length);
        Assert.False(Tensor.Zeros(_device, "", new Shape(1)).RequiresGrad);
    }

    [Fact]
    public void Elements_are_read_and_written_in_every_type()
    {
        using var doubles = Device.Cpu(DType.Float64, threads: 1);
        var single = Tensor.Parameter(_device, "", new Shape(2));
        var number = Tensor.Parameter(doubles, "", new Shape(2));
        var integer = new Tape(_device).Range(0, new Shape(2));
        foreach (var tensor in new[] { single, number, integer })
        {
            tensor[1] = 7;
            Assert.Equal(7, tensor[1]);
        }

        number[0] = 0.1;
        single[0] = 0.1;
        Assert.Equal((0.1, (double)0.1f), (number[0], single[0]));
    }

    [Fact]
    public void The_wrong_type_and_the_wrong_place_are_refused()
    {
        var tensor = Tensor.Parameter(_device, "", new Shape(2));
        Assert.Contains("holds Float32, not Double", Refused(() => tensor.AsSpan<double>().Length), StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => tensor.AsSpan<long>().Length);
        Assert.Throws<IndexOutOfRangeException>(() => tensor[2]);
        Assert.Throws<IndexOutOfRangeException>(() => tensor[-1]);
        Assert.Contains("(2) is not a single number", Refused(() => tensor.Item), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_gradient_is_written_and_later_ones_are_added_until_it_is_cleared()
    {
        var tensor = Tensor.Parameter(_device, "", new Shape(2));
        Assert.False(tensor.BeginGrad());
        var gradient = tensor.Grad;
        Assert.True(tensor.BeginGrad());
        tensor.ClearGrad();
        Assert.False(tensor.HasGrad);
        Assert.False(tensor.BeginGrad());
        Assert.Same(gradient, tensor.Grad);
    }

    private static string Refused(Func<object> action) => Assert.Throws<InvalidOperationException>(action).Message;
}
