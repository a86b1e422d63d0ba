using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

/// <summary>A device and a tape for tests of what operations demand, and operands for them.</summary>
public abstract class OperationTests : IDisposable
{
    private protected OperationTests() => Tape = new Tape(Device);

    private protected Device Device { get; } = Device.Cpu(DType.Float32, threads: 1);

    private protected Tape Tape { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Device.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Tensor Number(params ReadOnlySpan<int> shape) => Tensor.Parameter(Device, "", new Shape(shape));

    private protected static Tensor Double(params ReadOnlySpan<int> shape)
    {
        using var device = new NaiveDevice();
        return Tensor.Parameter(device, "", new Shape(shape));
    }

    private protected Tensor Integer(params ReadOnlySpan<int> shape) => Tape.Range(0, new Shape(shape));

    private protected static string Refused(Func<object> action) => Assert.Throws<ArgumentException>(action).Message;
}
