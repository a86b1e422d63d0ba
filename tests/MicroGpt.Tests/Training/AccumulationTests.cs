using MicroGpt.Data;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>Batches whose gradients add up are one large batch, but for rounding; recomputed, they are the same to the last bit.</summary>
public sealed class AccumulationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CorpusKind.Text, DType.Float64, 1e-11)]
    [InlineData(CorpusKind.Lines, DType.Float64, 1e-11)] // documents of different lengths: batches have different numbers of targets
    [InlineData(CorpusKind.Lines, DType.Float32, 1e-3)]
    public void A_run_in_parts_is_the_run_with_batches_of_all_their_rows(CorpusKind kind, DType dtype, double tolerance)
    {
        using var device = Device.Cpu(dtype, threads: 1);
        var (whole, tokens) = Run(kind, device, batch: 6, parts: 1);
        foreach (var parts in (int[])[2, 3, 6])
        {
            var (trainer, tokensInParts) = Run(kind, device, 6 / parts, parts);
            Assert.Equal(tokens, tokensInParts);
            foreach (var (expected, actual) in whole.Log.Records.Zip(trainer.Log.Records))
            {
                Assert.Equal(expected.TrainLoss, actual.TrainLoss, tolerance);
                Assert.Equal(expected.GradientNorm, actual.GradientNorm, tolerance);
                Assert.Equal(expected.ValidationLoss.HasValue, actual.ValidationLoss.HasValue);
                Assert.Equal(expected.ValidationLoss ?? 0, actual.ValidationLoss ?? 0, tolerance);
            }

            foreach (var (expected, actual) in whole.Model.Parameters.Zip(trainer.Model.Parameters))
                for (var i = 0; i < expected.Shape.Count; i++)
                    Assert.Equal(expected[i], actual[i], tolerance);
        }
    }

    [Fact]
    public void Memory_is_that_of_one_part()
    {
        using var device = Device.Cpu(threads: 1);
        long Peak(int batch, int parts)
        {
            var trainer = TinyModels.Start(TinyModels.WriteData(_folder, CorpusKind.Text), CorpusKind.Text, device, Options(batch, parts));
            trainer.TrainStep();
            return trainer.ActivationBytes;
        }

        Assert.Equal(Peak(8, 1), Peak(8, 4));
        Assert.True(Peak(8, 1) < 0.3 * Peak(32, 1));
    }

    [Fact]
    public void Recomputing_changes_no_bit_on_any_number_of_threads()
    {
        using var one = Device.Cpu(threads: 1);
        var expected = Parameters(one, recompute: false);
        foreach (var threads in (int[])[1, 2, 3])
        {
            using var device = Device.Cpu(threads: threads);
            Assert.Equal(expected, Parameters(device, recompute: true));
        }

        float[] Parameters(Device device, bool recompute)
        {
            var data = TinyModels.WriteData(_folder, CorpusKind.Lines);
            var options = Options(2, 3) with { Recompute = recompute };
            var trainer = Trainer.Start(Corpus.Load(data, CorpusKind.Lines), TinyModels.Config() with { Layers = 3 }, options, device);
            using var observer = new Observer();
            observer.Watch(trainer);
            return [.. trainer.Model.Parameters.SelectMany(parameter => parameter.AsSpan<float>().ToArray())];
        }
    }

    /// <summary>A whole run.</summary>
    /// <returns>Its trainer, and the tokens its last step learned from.</returns>
    private (Trainer Trainer, int Tokens) Run(CorpusKind kind, Device device, int batch, int parts)
    {
        var trainer = TinyModels.Start(TinyModels.WriteData(_folder, kind), kind, device, Options(batch, parts));
        using var observer = new Observer();
        observer.Watch(trainer);
        return (trainer, observer.Tokens);
    }

    private static TrainerOptions Options(int batch, int parts) =>
        TinyModels.Options with { BatchSize = batch, AccumulationSteps = parts, EvaluationBatches = 1 };
}
