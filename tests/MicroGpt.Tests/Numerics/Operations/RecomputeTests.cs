using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

/// <summary>With activation recomputation everything is as without, to the last bit, but for the memory.</summary>
public sealed class RecomputeTests
{
    private static readonly GptConfig s_config =
        GptPresets.Gpt2(11) with { ContextLength = 9, Layers = 4, Heads = 2, KeyValueHeads = 1, Width = 12 };

    [Theory]
    [InlineData("gpt2", DType.Float32)]
    [InlineData("microgpt", DType.Float32)]
    [InlineData("llama", DType.Float32)]
    [InlineData("nanochat", DType.Float32)]
    [InlineData("microgpt-50m", DType.Float32)]
    [InlineData("gpt2", DType.Float64)]
    public void Gradients_are_the_same_bits_on_any_number_of_threads(string preset, DType dtype)
    {
        var config = GptPresets.Create(preset, 11) with { ContextLength = 9, Layers = 3, Heads = 2, Width = 24, ShortWindow = 2 };
        using var one = Device.Cpu(dtype, threads: 1);
        var expected = Step(one, config, recomputes: false);
        foreach (var threads in (int[])[1, 2, 3])
        {
            using var device = Device.Cpu(dtype, threads);
            Assert.Equal(expected, Step(device, config, recomputes: true));
        }
    }

    [Fact]
    public void Memory_falls_to_a_layers_and_the_results_of_the_others()
    {
        using var device = Device.Cpu(threads: 1);
        var config = s_config with { Layers = 12, ContextLength = 64 };
        var (all, some) = (Peak(false), Peak(true));
        var perLayer = 3 * 64 * 12 * sizeof(float); // (B, T, C)
        Assert.True(some < 0.25 * all, $"{some} instead of {all} bytes");
        Assert.InRange(Peak(true, layers: 13) - some, 1, perLayer + Storage.Alignment);

        long Peak(bool recomputes, int layers = 12)
        {
            var model = TinyModels.Create(config with { Layers = layers }, device);
            var tape = new Tape(device) { Recomputes = recomputes };
            Backward(tape, model, 64);
            var first = tape.PeakBytes;
            tape.Reset();
            Backward(tape, model, 64);
            Assert.Equal(first, tape.PeakBytes);
            return first;
        }
    }

    [Fact]
    public void Evaluating_keeps_no_layers_inside_either()
    {
        using var device = Device.Cpu(threads: 1);
        Assert.InRange(Peak(13) - Peak(12), 0, 3 * 64 * 12 * sizeof(float) + Storage.Alignment);

        long Peak(int layers)
        {
            var model = TinyModels.Create(s_config with { ContextLength = 64, Layers = layers }, device);
            var tape = new Tape(device, recording: false);
            model.Forward(tape, tape.Integers(TinyModels.RandomIds(3 * 64, 11), new Shape(3, 64)));
            return tape.PeakBytes;
        }
    }

    [Fact]
    public void With_frozen_parameters_the_others_get_the_same_gradients()
    {
        using var device = Device.Cpu(threads: 1);
        foreach (var frozen in (string[])["wte", "h.0.", "h.3.", "attn", "ln_", "c_fc.weight"])
        {
            var expected = Step(device, s_config, recomputes: false, frozen);
            Assert.Equal(expected, Step(device, s_config, recomputes: true, frozen));
        }
    }

    [Fact]
    public void Steps_of_changing_shapes_one_after_the_other_on_one_tape_are_right()
    {
        using var device = Device.Cpu(threads: 1);
        var random = new MersenneTwister(4);
        var model = TinyModels.Create(s_config, device);
        var tape = new Tape(device);
        for (var step = 0; step < 40; step++)
        {
            (tape.Recomputes, tape.RetainsGradients) = (random.NextInt32(2) == 0, random.NextInt32(3) == 0);
            tape.IsRecording = random.NextInt32(4) > 0;
            var columns = 1 + random.NextInt32(9);
            tape.Reset();
            if (!tape.IsRecording)
            {
                model.Forward(tape, tape.Integers(TinyModels.RandomIds(3 * columns, 11), new Shape(3, columns)));
                continue;
            }

            var actual = Backward(tape, model, columns);
            Assert.Equal(Backward(new Tape(device), model, columns), actual);
        }
    }

    [Fact]
    public void Two_losses_of_one_step_and_parts_within_parts_are_right()
    {
        using var device = Device.Cpu(threads: 1);
        Assert.Equal(Run(false), Run(true));

        double[] Run(bool recomputes)
        {
            var random = new MersenneTwister(6);
            Tensor[] weights = [.. Enumerable.Range(0, 4).Select(_ => GradientAssert.Parameter(device, new Shape(5, 5), random))];
            var input = GradientAssert.Parameter(device, new Shape(2, 5), random);
            var tape = new Tape(device) { Recomputes = recomputes };
            var y = tape.Recompute(input, (tape, x) =>
            {
                x = tape.Gelu(tape.Linear(x, weights[0]));
                x = tape.Recompute(x, (tape, x) => tape.Linear(tape.Relu(tape.Linear(x, weights[1])), weights[2], residual: x));
                return tape.RmsNorm(tape.Add(x, input)); // the input once more
            });
            y = tape.Recompute(y, (_, x) => x); // nothing inside
            y = tape.Linear(y, weights[3]);
            var (one, other) = (GradientAssert.Loss(tape, y), GradientAssert.Loss(tape, tape.Gelu(y)));
            tape.Backward(one);
            tape.Backward(other, 0.5);
            return [one.Item, other.Item, .. weights.Append(input).SelectMany(tensor => tensor.Grad!.AsSpan<float>().ToArray()).Select(f => (double)f)];
        }
    }

    [Fact]
    public void A_part_that_fails_leaves_the_tape_recording()
    {
        using var device = Device.Cpu(threads: 1);
        var tape = new Tape(device) { Recomputes = true };
        var x = GradientAssert.Parameter(device, new Shape(2, 5), new MersenneTwister(1));
        Assert.Throws<ArgumentException>(() => tape.Recompute(x, (tape, x) => tape.Add(x, tape.Range(0, new Shape(2, 5)))));
        Assert.True(tape.IsRecording);
    }

    private static double[] Step(Device device, GptConfig config, bool recomputes, string frozen = "none")
    {
        var model = TinyModels.Create(config, device);
        foreach (var parameter in model.Parameters)
            parameter.RequiresGrad = !parameter.Name.Contains(frozen, StringComparison.Ordinal);
        return Backward(new Tape(device) { Recomputes = recomputes }, model, 9);
    }

    /// <summary>The loss and all gradients of a batch of three rows.</summary>
    private static double[] Backward(Tape tape, Gpt model, int columns)
    {
        foreach (var parameter in model.Parameters)
            parameter.ClearGrad();
        var ids = tape.Integers(TinyModels.RandomIds(3 * columns, 11), new Shape(3, columns));
        var loss = tape.CrossEntropy(model.Forward(tape, ids), ids);
        tape.Backward(loss);
        var gradients = model.Parameters.Where(parameter => parameter.HasGrad).Select(parameter => parameter.Grad!);
        return [loss.Item, .. gradients.SelectMany(gradient => Enumerable.Range(0, gradient.Shape.Count).Select(i => gradient[i]))];
    }
}
