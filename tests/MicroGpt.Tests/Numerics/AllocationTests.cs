using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Numerics;

public sealed class AllocationTests
{
    [Theory]
    [InlineData("gpt2", false)]
    [InlineData("gpt2", true)]
    [InlineData("llama", false)]
    [InlineData("llama", true)]
    [InlineData("nanochat", false)]
    [InlineData("nanochat", true)]
    [InlineData("microgpt-50m", false)]
    public void A_training_step_allocates_nothing_once_the_first_ones_are_done(string preset, bool recomputes)
    {
        using var device = Device.Cpu(threads: 1);
        var model = Create(preset, device);
        var optimizer = new AdamW(model.Parameters, device, new TrainerOptions());
        var tape = new Tape(device) { Recomputes = recomputes };
        int[] tokens = [.. Enumerable.Range(0, 24)];
        var shape = new Shape(3, 8);
        var steps = 0;

        AssertNothingAllocated(() =>
        {
            tape.Reset();
            var logits = model.Forward(tape, tape.Integers(tokens, shape));
            tape.Backward(tape.CrossEntropy(logits, tape.Integers(tokens, shape)));
            optimizer.Step(++steps, 1e-3, 1 / (1 + optimizer.GradientNorm()));
        });
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama")]
    [InlineData("nanochat")]
    public void Neither_does_a_step_of_generating_nor_one_of_evaluating_between_two_of_training(string preset)
    {
        using var device = Device.Cpu(threads: 1);
        var model = Create(preset, device);
        var tape = new Tape(device);
        var cache = model.CreateCache();
        // Made outside the step: a debug build allocates for constant spans.
        var (prompt, next, all) = (new Shape(1, 3), new Shape(1, 1), new Shape(1, 4));
        int[] tokens = [1, 2, 3, 4];
        AssertNothingAllocated(() =>
        {
            tape.Reset();
            tape.IsRecording = false;
            cache.Clear();
            model.Forward(tape, tape.Integers(tokens.AsSpan(0, 3), prompt), cache);
            tape.Reset();
            model.Forward(tape, tape.Integers(tokens.AsSpan(3), next), cache);

            tape.Reset();
            tape.IsRecording = true;
            var logits = model.Forward(tape, tape.Integers(tokens, all));
            tape.Backward(tape.CrossEntropy(logits, tape.Integers(tokens, all)));
        });
    }

    [Fact]
    public void Neither_does_the_norm_of_a_large_gradient()
    {
        using var device = Device.Cpu(threads: 1);
        var x = Tensor.Zeros(device, "x", new Shape(5_000_000));
        AssertNothingAllocated(() => device.SumOfSquares(x));
    }

    private static Gpt Create(string preset, Device device)
    {
        var model = new Gpt(GptPresets.Create(preset, 30) with { ContextLength = 8, Layers = 2, Heads = 2, Width = 24 }, device);
        model.Initialize(new MersenneTwister(1));
        return model;
    }

    /// <summary>Asserts that a step, once it has run a few times, allocates nothing.</summary>
    internal static void AssertNothingAllocated(Action step)
    {
        for (var i = 0; i < 3; i++) // the first allocates, the second brings the memory together, the third is to be sure
            step();
        // A collection that another test causes takes this thread's allocation buffer and counts it as allocated: so the least
        // of several rounds. What a step allocates itself, it allocates in all of them.
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            step();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
