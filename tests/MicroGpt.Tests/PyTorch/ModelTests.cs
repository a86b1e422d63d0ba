using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.PyTorch;

/// <summary>
/// A tiny model of every kind of preset against the same model written in PyTorch 2.14: logits, loss, every gradient, and every
/// parameter after three steps of AdamW.
/// </summary>
public sealed class ModelTests
{
    public static TheoryData<string, DType> Cases { get; } = new(
        from preset in (string[])["gpt2", "llama", "qwen3-0.6b", "microgpt-50m", "nanochat", "rnn", "gru", "lstm", "mlp", "bigram"]
        from dtype in (DType[])[DType.Float32, DType.Float64]
        select (preset, dtype));

    [Theory]
    [MemberData(nameof(Cases))]
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
    private static ILanguageModel Create(string preset, Device device)
    {
        var model = (ModelPresets.Create(preset, 13) switch
        {
            GptConfig gpt => Small(gpt with { ContextLength = 8, Layers = 2, Heads = 4, Width = 16 }),
            RecurrentConfig recurrent => recurrent with { Width = 8 },
            NeuralNgramConfig neural => neural with { Tokens = 3, EmbeddingWidth = 4, Width = 8 },
            var other => other,
        }).Create(device);
        var random = new MersenneTwister(2);
        foreach (var parameter in model.Parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal))
        {
            var mean = parameter.Shape.Rank > 1 || parameter.Name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1;
            for (var i = 0; i < parameter.Shape.Count; i++)
                parameter[i] = (float)random.NextGaussian(mean, 0.2);
        }

        return model;
    }

    private static GptConfig Small(GptConfig config) => config.Preset switch
    {
        "llama" => config with { KeyValueHeads = 2, MlpWidth = 24, TiedHead = false },
        "qwen3-0.6b" => config with { KeyValueHeads = 2, MlpWidth = 24, HeadWidth = 6 },
        "nanochat" => config with
        {
            Layers = 3,
            KeyValueHeads = 2,
            Width = 24,
            MlpWidth = 32,
            VocabularyMultiple = 16,
            ShortWindow = 2,
        },
        _ => config,
    };
}
