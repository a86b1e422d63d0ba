using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

public sealed class TapeTests : IDisposable
{
    private readonly Device _device = Device.Cpu(DType.Float64, threads: 1);
    private readonly Tape _tape;
    private readonly Tensor _x;      // (2, 3)
    private readonly Tensor _weight; // (4, 3)
    private ulong _seed = 1;

    public TapeTests()
    {
        _tape = new Tape(_device);
        _x = Parameter(new Shape(2, 3));
        _weight = Parameter(new Shape(4, 3));
    }

    public void Dispose() => _device.Dispose();

    [Fact]
    public void A_tensor_used_twice_gets_the_sum_of_its_gradients()
    {
        // x Wᵀ + x Uᵀ = x (W + U)ᵀ, and so are their gradients.
        var other = Parameter(new Shape(4, 3));
        var sum = Tensor.Zeros(_device, "", _weight.Shape);
        for (var i = 0; i < sum.Shape.Count; i++)
            sum[i] = _weight[i] + other[i];
        var expected = Gradient(_x, () => Loss(_tape.Linear(_x, sum)));
        var actual = Gradient(_x, () => Loss(_tape.Add(_tape.Linear(_x, _weight), _tape.Linear(_x, other))));
        Equal(expected, actual);

        for (var i = 0; i < sum.Shape.Count; i++)
            sum[i] = 2 * _weight[i];
        expected = Gradient(_x, () => Loss(_tape.Linear(_x, sum)));
        actual = Gradient(_x, () =>
        {
            var y = _tape.Linear(_x, _weight);
            return Loss(_tape.Add(y, y)); // an activation used twice, by one operation
        });
        Equal(expected, actual);
    }

    [Fact]
    public void Frozen_parameters_and_those_not_reached_get_no_gradient()
    {
        var unused = Parameter(new Shape(2, 3));
        _weight.RequiresGrad = false;
        var aside = _tape.Relu(unused); // on the tape, but the loss does not depend on it
        _tape.Backward(Loss(_tape.Linear(_x, _weight)));
        Assert.True(_x.HasGrad);
        Assert.False(_weight.HasGrad);
        Assert.Null(_weight.Grad);
        Assert.False(unused.HasGrad);
        Assert.Null(unused.Grad);
        Assert.False(aside.HasGrad);
    }

    [Fact]
    public void Gradients_add_up_over_steps_until_they_are_cleared()
    {
        var once = Gradient(_weight, () => Loss(_tape.Linear(_x, _weight)));
        _tape.Reset();
        _tape.Backward(Loss(_tape.Linear(_x, _weight)));
        Assert.Equal(once.Select(value => 2 * value), Copy(_weight));
        _weight.ClearGrad();
        _tape.Reset();
        _tape.Backward(Loss(_tape.Linear(_x, _weight)));
        Assert.Equal(once, Copy(_weight));
    }

    [Fact]
    public void Two_losses_of_one_step_go_backward_one_after_the_other()
    {
        var first = Gradient(_x, () => Loss(_tape.Linear(_x, _weight)));
        var second = Gradient(_x, () => Loss(_tape.Linear(_x, _weight), 2));
        _tape.Reset();
        _x.ClearGrad();
        var y = _tape.Linear(_x, _weight);
        var (one, other) = (Loss(y), Loss(y, 2));
        _tape.Backward(one);
        _tape.Backward(other);
        Equal(first.Zip(second, (a, b) => a + b), Copy(_x));
    }

    [Fact]
    public void Steps_of_changing_shapes_and_operations_give_what_a_fresh_tape_gives()
    {
        var random = new MersenneTwister(9);
        for (var step = 0; step < 40; step++)
        {
            var (rows, deep, recording) = (random.NextInt32(9), random.NextInt32(4), random.NextInt32(3) > 0);
            var input = Parameter(new Shape(rows, 3));
            var (reused, fresh) = (Run(_tape), Run(new Tape(_device)));
            Assert.Equal(fresh, reused);

            double[] Run(Tape tape)
            {
                tape.Reset();
                tape.IsRecording = recording;
                _weight.ClearGrad();
                var y = tape.Linear(input, _weight);
                for (var layer = 0; layer < deep; layer++)
                    y = layer % 2 == step % 2 ? tape.Gelu(y) : tape.RmsNorm(y);
                var loss = tape.CrossEntropy(y, tape.Range(0, new Shape(rows, 1)));
                if (recording)
                    tape.Backward(loss);
                return [loss.Item, .. recording ? _weight.Grad!.AsSpan<double>() : []];
            }
        }
    }

    [Fact]
    public void Memory_is_used_again_by_the_next_step()
    {
        Tensor[] Step() => [_tape.Linear(_x, _weight), _tape.Relu(_x)];
        var first = Step();
        var peak = _tape.PeakBytes;
        _tape.Reset();
        Assert.Equal(first, Step());
        Assert.Equal(peak, _tape.PeakBytes);
    }

    [Fact]
    public void Backward_needs_a_single_number_that_was_recorded()
    {
        Assert.Contains("not from (2, 4)", Refused(() => _tape.Backward(_tape.Linear(_x, _weight))), StringComparison.Ordinal);
        Assert.Contains("no gradient", Refused(() => _tape.Backward(_tape.Integers([1], new Shape(1)))), StringComparison.Ordinal);
        _tape.IsRecording = false;
        var loss = Loss(_tape.Linear(_x, _weight));
        Assert.Contains("does not record", Refused(() => _tape.Backward(loss)), StringComparison.Ordinal);
        _tape.IsRecording = true;
        Assert.Contains("not computed while recording", Refused(() => _tape.Backward(loss)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_recorded_takes_no_part_in_the_gradient()
    {
        _tape.IsRecording = false;
        var constant = _tape.Linear(_x, _weight);
        _tape.IsRecording = true;
        var other = Parameter(new Shape(2, 4));
        _tape.Backward(Loss(_tape.Add(constant, other)));
        Assert.True(other.HasGrad);
        Assert.False(_x.HasGrad);
        Assert.False(_weight.HasGrad);
    }

    [Fact]
    public void Integers_fill_their_shape()
    {
        Assert.Equal([3, 1, 2, 4], _tape.Integers([3, 1, 2, 4], new Shape(2, 2)).AsSpan<int>().ToArray());
        Assert.Equal([5, 6, 7, 5, 6, 7], _tape.Range(5, new Shape(2, 3)).AsSpan<int>().ToArray());
        Assert.Throws<ArgumentException>(() => _tape.Integers([1, 2, 3], new Shape(2, 2)));
    }

    private static string Refused(Action action) => Assert.Throws<InvalidOperationException>(action).Message;

    private static void Equal(IEnumerable<double> expected, IEnumerable<double> actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-14));

    private static double[] Copy(Tensor parameter) => parameter.Grad!.AsSpan<double>().ToArray();

    private double[] Gradient(Tensor parameter, Func<Tensor> loss)
    {
        _tape.Reset();
        parameter.ClearGrad();
        _tape.Backward(loss());
        return Copy(parameter);
    }

    private Tensor Loss(Tensor y, int target = 0) => _tape.CrossEntropy(y, _tape.Integers([target, target], new Shape(2)));

    private Tensor Parameter(Shape shape) => Operations.GradientAssert.Parameter(_device, shape, new MersenneTwister(_seed++));
}
