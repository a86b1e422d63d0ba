using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

public sealed class DeviceTests
{
    [Fact]
    public void A_device_says_what_it_is()
    {
        using var device = Device.Cpu(DType.Float64, threads: 2);
        Assert.Equal(DType.Float64, device.DType);
        Assert.Matches("^CPU, 2 threads, (512|256|128)-bit vectors, Float64$", device.Description);
        using var one = Device.Cpu(threads: 1);
        Assert.Contains(" 1 thread, ", one.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void It_computes_in_floating_point_with_1_to_1024_threads()
    {
        Assert.Throws<NotSupportedException>(() => Device.Cpu(DType.Int32));
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Cpu(threads: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Cpu(threads: 1025));
    }

    [Fact]
    public void A_meta_device_has_shapes_but_no_memory()
    {
        using var device = Device.Cpu(DType.Float64, threads: 2);
        Assert.False(device.IsMeta);
        using var meta = device.CreateMeta();
        Assert.True(meta.IsMeta);
        Assert.Equal(DType.Float64, meta.DType);
        var tensor = Tensor.Parameter(meta, "large", new Shape(Shape.MaxCount)); // 16 GiB
        Assert.Equal(Shape.MaxCount, tensor.Shape.Count);
        Assert.Contains("has no memory", Assert.Throws<InvalidOperationException>(() => tensor[0]).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => tensor.AsSpan<double>());
        Assert.Throws<NotSupportedException>(new NaiveDevice().CreateMeta);
    }

    [Fact]
    public void The_shared_device_survives_being_disposed()
    {
        Device.Default.Dispose();
        var x = Tensor.Parameter(Device.Default, "", new Shape(1000, 1000));
        x.AsSpan<float>().Fill(1);
        Assert.Equal(1_000_000, Device.Default.SumOfSquares(x));
    }

    [Fact]
    public void Element_types_have_their_sizes()
    {
        Assert.Equal((4, 8, 4), (DType.Float32.SizeInBytes(), DType.Float64.SizeInBytes(), DType.Int32.SizeInBytes()));
        Assert.Equal((DType.Float32, DType.Float64, DType.Int32), (DTypes.Of<float>(), DTypes.Of<double>(), DTypes.Of<int>()));
        Assert.Throws<NotSupportedException>(() => DTypes.Of<long>());
    }
}
