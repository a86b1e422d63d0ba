using System.Diagnostics.Metrics;
using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>What a listener hears of a run, and that it costs no memory.</summary>
public sealed class TrainingMetricsTests
{
    [Fact]
    public void A_listener_hears_every_step()
    {
        var heard = new List<(string Name, string? Unit, double Value)>();
        var thread = Environment.CurrentManagedThreadId; // other tests train, too
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == TrainingMetrics.MeterName)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Hear(instrument, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Hear(instrument, value));
        listener.Start();

        var trainer = Start();
        var record = trainer.TrainStep();

        Assert.Contains(("microgpt.training.steps", "{step}", 1), heard);
        Assert.Contains(("microgpt.training.tokens", "{token}", 16), heard);
        Assert.Contains(("microgpt.training.loss", "nat", record.TrainLoss), heard);
        Assert.Contains(("microgpt.training.gradient_norm", "1", record.GradientNorm), heard);
        Assert.Contains(("microgpt.training.learning_rate", "1", record.LearningRate), heard);
        Assert.Contains(("microgpt.training.step.duration", "s", trainer.LastStep.Time.TotalSeconds), heard);
        Assert.Contains(heard, one => one is { Name: "microgpt.training.throughput", Unit: "{token}/s", Value: > 0 });

        using var watch = new Observer();
        watch.Watch(trainer);
        Assert.Equal(2, heard.Count(one => one.Name == "microgpt.training.steps"));
        Assert.Contains(("microgpt.training.validation.loss", "nat", trainer.Log.Records[^1].ValidationLoss!.Value), heard);

        void Hear(Instrument instrument, double value)
        {
            if (Environment.CurrentManagedThreadId == thread)
                heard.Add((instrument.Name, instrument.Unit, value));
        }
    }

    [Fact]
    public void Telling_allocates_nothing_even_where_somebody_listens()
    {
        var record = new TrainingRecord(1, 2, null, 3, 4);
        var cost = new StepCost(5, 6, TimeSpan.FromSeconds(7));
        Assert.Equal(0, Allocated());

        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => { });
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => { });
        listener.Start();
        Assert.Equal(0, Allocated());

        long Allocated()
        {
            TrainingMetrics.Record(record, cost); // what is made once
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
                TrainingMetrics.Record(record, cost);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static Trainer Start() => Trainer.Start(
        Corpus.FromText("text", string.Concat(Enumerable.Repeat("the quick brown fox jumps over the lazy dog\n", 20)), CorpusKind.Text),
        GptPresets.Llama(1) with { Layers = 1, Heads = 2, Width = 8, ContextLength = 8 },
        new TrainerOptions { Steps = 2, BatchSize = 2, WarmupSteps = 1 }, Device.Default);
}
