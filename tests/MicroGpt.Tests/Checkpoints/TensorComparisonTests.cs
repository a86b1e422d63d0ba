using MicroGpt.Checkpoints;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Checkpoints;

public sealed class TensorComparisonTests : IDisposable
{
    private readonly Device _device = Device.Cpu(threads: 1);

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Every_kind_of_difference_is_found()
    {
        using var first = Source(("same", [1, float.NaN]), ("moved", [1, 2, 3, 4]), ("longer", [1]), ("only here", [1]), ("broken", [1, float.NaN]), ("infinite", [float.PositiveInfinity, 1]));
        using var second = Source(("only there", [2, 2]), ("infinite", [float.PositiveInfinity, 1]), ("same", [1, float.NaN]), ("moved", [1, 2.5f, 3, 3.5f]), ("longer", [1, 2]), ("broken", [1.5f, 2]));
        Assert.Equal(
        [
            new TensorDifference("same", new Shape(2), new Shape(2)),
            new TensorDifference("moved", new Shape(4), new Shape(4)) { Different = 2, Largest = 0.5, At = 1, Values = (2, 2.5) },
            new TensorDifference("longer", new Shape(1), new Shape(2)),
            new TensorDifference("only here", new Shape(1), null),
            new TensorDifference("broken", new Shape(2), new Shape(2)) { Different = 2, Largest = double.PositiveInfinity, At = 1, Values = (double.NaN, 2) },
            new TensorDifference("infinite", new Shape(2), new Shape(2)),
            new TensorDifference("only there", null, new Shape(2)),
        ], TensorComparison.Compare(first, second, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Of_equal_distances_in_many_pieces_the_first_is_told()
    {
        using var first = Source(("x", new float[5_000_000]));
        var moved = new float[5_000_000];
        foreach (var at in (int[])[4_999_999, 1_200_000, 3_000_000])
            moved[at] = 1;
        using var second = Source(("x", moved));
        var difference = Assert.Single(TensorComparison.Compare(first, second, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal((3, 1.0, 1_200_000), (difference.Different, difference.Largest, difference.At));
        Assert.False(difference.IsNone);
    }

    private TensorsInMemory Source(params (string Name, float[] Numbers)[] tensors) => new([.. tensors.Select(tensor =>
    {
        var made = Tensor.Zeros(_device, tensor.Name, new Shape(tensor.Numbers.Length));
        tensor.Numbers.CopyTo(made.AsSpan<float>());
        return made;
    })]);
}
