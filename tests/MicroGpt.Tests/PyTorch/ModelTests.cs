using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.PyTorch;

/// <summary>
/// Tiny models of the presets gpt2 and llama against the same models written in PyTorch 2.14: logits, loss, every gradient, and
/// every parameter after three steps of AdamW.
/// </summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData("gpt2", DType.Float32)]
    [InlineData("gpt2", DType.Float64)]
    [InlineData("llama", DType.Float32)]
    [InlineData("llama", DType.Float64)]
    public void A_model_computes_and_learns_as_PyTorchs(string preset, DType dtype)
    {
        var recording = new Recording(preset);
        using var device = Device.Cpu(dtype, threads: 1);
        var model = Create(preset, device);
        var optimizer = new AdamW(model.Parameters, device, new TrainerOptions { Beta1 = 0.9, Beta2 = 0.95, Epsilon = 1e-5, WeightDecay = 0.1 });
        var tape = new Tape(device);
        for (var step = 1; step <= 3; step++)
        {
            tape.Reset();
            var logits = model.Forward(tape, recording.Indices(tape, "ids"));
            var loss = tape.CrossEntropy(logits, recording.Indices(tape, "targets"));
            tape.Backward(loss);
            Assert.Equal(recording.Values("losses")[step - 1], loss.Item, dtype == DType.Float32 ? 1e-5 : 1e-12);
            if (step == 1)
            {
                recording.Close(logits, "logits");
                Assert.All(model.Parameters, parameter => recording.Close(parameter.Grad!, $"gradient.{parameter.Name}"));
            }

            optimizer.Step(step, 1e-3);
        }

        Assert.All(model.Parameters, parameter => recording.CloseAfterSteps(parameter, $"after.{parameter.Name}"));
        Assert.Equal(2 * model.Parameters.Count + 4, recording.Names.Count()); // and ids, targets, logits, losses
    }

    /// <summary>The configuration of record.py, with its weights: drawn in the order of their names, rounded to floats.</summary>
    private static Gpt Create(string preset, Device device)
    {
        var config = GptPresets.Create(preset, 13) with { ContextLength = 8, Layers = 2, Heads = 4, Width = 16 };
        var model = new Gpt(preset == "llama" ? config with { KeyValueHeads = 2, MlpWidth = 24, TiedHead = false } : config, device);
        var random = new MersenneTwister(2);
        foreach (var parameter in model.Parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal))
        {
            var mean = parameter.Shape.Rank > 1 || parameter.Name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1;
            for (var i = 0; i < parameter.Shape.Count; i++)
                parameter[i] = (float)random.NextGaussian(mean, 0.2);
        }

        return model;
    }
}
