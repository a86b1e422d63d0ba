using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Models;

/// <summary>Adapters: they add nothing at first, learn while the model stays as it is, and come and go.</summary>
public sealed class LoraTests : IDisposable
{
    private static readonly LoraConfig s_config = new() { Rank = 2, Alpha = 3 };

    private readonly Device _device = Device.Cpu(threads: 1);

    public static MatrixTheoryData<string, bool> Presets { get; } = new(["gpt2", "llama", "nanochat", "microgpt-50m", "microgpt"], [false, true]);

    public void Dispose() => _device.Dispose();

    [Theory, MemberData(nameof(Presets))]
    public void At_the_start_the_logits_are_the_models_bit_for_bit(string preset, bool dora)
    {
        var model = TinyModels.Create(TinyModels.Config(preset), _device);
        var before = Logits(model);
        model.Adapter = New(model, s_config with { UseDora = dora });
        Assert.Equal(before, Logits(model));
    }

    [Theory, MemberData(nameof(Presets))]
    public void Training_changes_the_adapter_and_not_a_byte_of_the_model(string preset, bool dora)
    {
        var model = TinyModels.Create(TinyModels.Config(preset), _device);
        var (weights, before) = (Bytes(model), Logits(model));
        var adapter = New(model, s_config with { UseDora = dora });
        model.Adapter = adapter;
        var (first, last) = (Train(model, adapter, 1), Train(model, adapter, 30));
        Assert.True(last < first, $"The loss went from {first} to {last}.");
        Assert.Equal(weights, Bytes(model));
        Assert.NotEqual(before, Logits(model));
        model.Adapter = null;
        Assert.Equal(before, Logits(model));
        Assert.All(model.Parameters, parameter => Assert.True(parameter.RequiresGrad));
    }

    [Theory, MemberData(nameof(Presets))]
    public void Merged_the_model_computes_the_same_and_unmerged_what_it_did(string preset, bool dora)
    {
        var model = TinyModels.Create(TinyModels.Config(preset), _device);
        var alone = Logits(model);
        var adapter = Trained(model, s_config with { UseDora = dora });
        model.Adapter = adapter;
        var together = Logits(model);
        adapter.Merge();
        Assert.Null(model.Adapter);
        Close(together, Logits(model));
        adapter.Unmerge();
        Close(alone, Logits(model));
    }

    [Fact]
    public void Two_adapters_take_turns()
    {
        var model = TinyModels.Create(TinyModels.Config("llama"), _device);
        var (one, two) = (Trained(model, s_config), Trained(model, s_config with { Rank = 1, TargetModules = ["q_proj", "v_proj"] }));
        var alone = Logits(model);
        model.Adapter = one;
        var withOne = Logits(model);
        model.Adapter = two;
        var withTwo = Logits(model);
        Assert.NotEqual(withOne, withTwo);
        model.Adapter = one;
        Assert.Equal(withOne, Logits(model));
        model.Adapter = null;
        Assert.Equal(alone, Logits(model));
    }

    [Theory]
    [InlineData(LoraBias.All)]
    [InlineData(LoraBias.LoraOnly)]
    public void Biases_are_learned_and_put_back(LoraBias bias)
    {
        var model = TinyModels.Create(TinyModels.Config("gpt2"), _device);
        var (weights, alone) = (Bytes(model), Logits(model));
        var adapter = Trained(model, s_config with { Bias = bias, TargetModules = ["c_fc"] });
        Assert.Equal(bias == LoraBias.LoraOnly ? 3 : 2 + 7, adapter.Parameters.Count); // A, B, and one bias or all
        Assert.Equal(weights, Bytes(model));
        model.Adapter = adapter;
        var learned = Logits(model);
        Assert.NotEqual(weights, Bytes(model));
        model.Adapter = null;
        Assert.Equal(weights, Bytes(model));
        adapter.Merge();
        Close(learned, Logits(model));
        adapter.Unmerge();
        Close(alone, Logits(model));
    }

    [Fact]
    public void A_DoRA_adapter_that_was_not_merged_here_can_not_be_taken_out()
    {
        var model = TinyModels.Create(TinyModels.Config("llama"), _device);
        Assert.Contains("DoRA", Assert.Throws<InvalidOperationException>(Trained(model, s_config with { UseDora = true }).Unmerge).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_use_the_rows_lengths_are_those_of_what_was_learned_last()
    {
        var model = TinyModels.Create(TinyModels.Config("llama"), _device);
        var adapter = New(model, s_config with { UseDora = true });
        model.Adapter = adapter;
        var first = Logits(model);
        Train(model, adapter, 3);
        var learned = Logits(model);
        Assert.NotEqual(first, learned);
        model.Adapter = null;
        model.Adapter = adapter; // computes them anew
        Assert.Equal(learned, Logits(model));
    }

    [Fact]
    public void Dropout_is_for_learning_and_follows_the_seed()
    {
        var model = TinyModels.Create(TinyModels.Config("llama"), _device);
        model.Adapter = Trained(model, s_config with { Dropout = 0.5 });
        var used = Logits(model);
        Assert.Equal(used, Logits(model));
        Assert.NotEqual(used, Logits(model, 1));
        Assert.Equal(Logits(model, 1), Logits(model, 1));
        Assert.NotEqual(Logits(model, 1), Logits(model, 2));
    }

    // The norms of DoRA are not differentiated, so there the differences are other numbers: see PyTorch/DoraTests.
    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public void The_gradients_of_both_matrices_are_those_of_finite_differences(double dropout)
    {
        using var device = Device.Cpu(DType.Float64, threads: 1);
        var model = TinyModels.Create(TinyModels.Config("llama"), device);
        var adapter = Trained(model, s_config with { UseRsLora = true, Dropout = dropout });
        model.Adapter = adapter;
        var tape = new Tape(device) { DropoutSeed = 3 };
        tape.Backward(Loss(tape, model));
        foreach (var parameter in adapter.Parameters)
        {
            for (var i = 0; i < parameter.Shape.Count; i += 3)
            {
                var (value, step) = (parameter[i], 1e-5);
                parameter[i] = value + step;
                var above = Loss(model);
                parameter[i] = value - step;
                var below = Loss(model);
                parameter[i] = value;
                Assert.Equal((above - below) / (2 * step), parameter.Grad![i], 1e-8);
            }
        }
    }

    [Theory]
    [InlineData("all-linear", 7)]
    [InlineData("q_proj", 1)]
    [InlineData("self_attn.q_proj", 1)]
    [InlineData(@".*\.(q|v)_proj", 2)]
    [InlineData(@"model\.layers\.0\.mlp\..*", 3)]
    public void Targets_are_found_by_name_or_by_pattern(string target, int maps)
    {
        var model = TinyModels.Create(TinyModels.Config("llama"), _device);
        Assert.Equal(2 * maps, New(model, s_config with { TargetModules = [target] }).Parameters.Count);
    }

    [Fact]
    public void What_can_not_be_is_told()
    {
        var model = TinyModels.Create(TinyModels.Config("llama"), _device);
        Says("q_proj", s_config with { TargetModules = ["query"] });
        Says("regular expression", s_config with { TargetModules = ["(q"] });
        Says("rank", s_config with { Rank = 0 });
        Says("Alpha", s_config with { Alpha = double.NaN });
        Says("Dropout", s_config with { Dropout = 1 });
        Says("targets", s_config with { TargetModules = [] });
        var other = TinyModels.Create(TinyModels.Config("llama"), _device);
        Assert.Contains("another model", Assert.Throws<ArgumentException>(() => other.Adapter = New(model, s_config)).Message, StringComparison.Ordinal);

        void Says(string word, LoraConfig config) =>
            Assert.Contains(word, Assert.Throws<ArgumentException>(() => New(model, config)).Message, StringComparison.OrdinalIgnoreCase);
    }

    private static LoraAdapter New(Gpt model, LoraConfig config)
    {
        var adapter = new LoraAdapter(model, config);
        adapter.Initialize(new MersenneTwister(5));
        return adapter;
    }

    /// <summary>An adapter that has learned something, detached.</summary>
    internal static LoraAdapter Trained(Gpt model, LoraConfig config)
    {
        var adapter = New(model, config);
        model.Adapter = adapter;
        Train(model, adapter, 5);
        model.Adapter = null;
        return adapter;
    }

    private static double Train(Gpt model, LoraAdapter adapter, int steps)
    {
        var optimizer = new AdamW(adapter.Parameters, model.Device, new TrainerOptions());
        var (tape, last) = (new Tape(model.Device), 0.0);
        for (var step = 1; step <= steps; step++)
        {
            tape.Reset();
            var loss = Loss(tape, model);
            last = loss.Item;
            tape.Backward(loss);
            optimizer.Step(step, 0.01);
        }

        return last;
    }

    private static Tensor Loss(Tape tape, Gpt model)
    {
        var shape = new Shape(2, 5);
        return tape.CrossEntropy(
            model.Forward(tape, tape.Integers(TinyModels.RandomIds(10, 7), shape)), tape.Integers(TinyModels.RandomIds(10, 7, seed: 2), shape));
    }

    private static double Loss(Gpt model) => Loss(new Tape(model.Device, recording: false) { DropoutSeed = 3 }, model).Item;

    private static double[] Logits(Gpt model, ulong? dropoutSeed = null)
    {
        var tape = new Tape(model.Device, recording: false) { DropoutSeed = dropoutSeed };
        var logits = model.Forward(tape, tape.Integers(TinyModels.RandomIds(5, 7), new Shape(1, 5)));
        return [.. Enumerable.Range(0, logits.Shape.Count).Select(i => logits[i])];
    }

    private static byte[] Bytes(Gpt model) => [.. model.Parameters.SelectMany(parameter => parameter.Bytes.ToArray())];

    private static void Close(double[] expected, double[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-5);
    }
}
