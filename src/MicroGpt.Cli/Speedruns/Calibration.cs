using System.Diagnostics;
using MicroGpt.Data;
using MicroGpt.Data.Prepared;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Cli.Speedruns;

/// <summary>How fast this machine trains: some steps of a model that is then thrown away.</summary>
internal static class Calibration
{
    /// <summary>The seconds that a step takes.</summary>
    /// <param name="texts">Prepared data.</param>
    /// <param name="layers">The depth.</param>
    /// <param name="time">How long to measure; half as long before, until the just-in-time compiler has seen it all.</param>
    /// <param name="seed">Where the weights come from.</param>
    /// <param name="device">Where.</param>
    /// <param name="untrained">Where to leave the model as it is before the first step.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static double SecondsAStep(
        string texts, int layers, TimeSpan time, ulong seed, Device device, string untrained, CancellationToken cancellation)
    {
        using var corpus = PreparedCorpus.Open(texts);
        var options = new TrainerOptions { BatchSize = SpeedrunPlan.BatchSize, Optimizer = OptimizerKind.Muon, Seed = seed };
        var trainer = Trainer.Start(corpus, BatchKind.Packed, SpeedrunPlan.Model(layers, corpus.Tokenizer.VocabularySize), options, device);
        trainer.Save(untrained);
        Measure(time / 2);
        return Measure(time);

        double Measure(TimeSpan time)
        {
            var watch = Stopwatch.StartNew();
            for (var steps = 1; ; steps++)
            {
                cancellation.ThrowIfCancellationRequested();
                trainer.TrainStep();
                if (watch.Elapsed > time)
                    return watch.Elapsed.TotalSeconds / steps;
            }
        }
    }
}
