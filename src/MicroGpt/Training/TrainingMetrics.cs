using System.Diagnostics.Metrics;

namespace MicroGpt.Training;

/// <summary>
/// What a run tells to whoever collects metrics (<c>dotnet-counters</c>, OpenTelemetry, a <see cref="MeterListener"/>): the meter <c>MicroGpt</c>, whose
/// names and units follow OpenTelemetry's conventions. docs/training.md lists them. Where nobody listens, a step costs some comparisons.
/// </summary>
public static class TrainingMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MicroGpt";

    private static readonly Meter s_meter = new(MeterName, typeof(TrainingMetrics).Assembly.GetName().Version?.ToString(fieldCount: 3));

    private static readonly Counter<long> s_steps = s_meter.CreateCounter<long>("microgpt.training.steps", "{step}", "Steps done.");
    private static readonly Counter<long> s_tokens = s_meter.CreateCounter<long>("microgpt.training.tokens", "{token}", "Tokens learned from.");
    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>("microgpt.training.step.duration", "s", "How long a step took.");
    private static readonly Gauge<double> s_loss = s_meter.CreateGauge<double>("microgpt.training.loss", "nat", "The mean loss of the last step, a token.");
    private static readonly Gauge<double> s_throughput = s_meter.CreateGauge<double>("microgpt.training.throughput", "{token}/s", "Tokens a second, of the last step.");
    private static readonly Gauge<double> s_rate = s_meter.CreateGauge<double>("microgpt.training.learning_rate", "1", "The learning rate of the last step.");
    private static readonly Gauge<double> s_norm = s_meter.CreateGauge<double>("microgpt.training.gradient_norm", "1", "The length of the last step's gradient before clipping.");
    private static readonly Gauge<double> s_validation = s_meter.CreateGauge<double>("microgpt.training.validation.loss", "nat", "The loss of the last evaluation, a token.");

    internal static void Record(TrainingRecord record, StepCost cost)
    {
        s_steps.Add(1);
        s_tokens.Add(cost.Tokens);
        s_duration.Record(cost.Time.TotalSeconds);
        s_loss.Record(record.TrainLoss);
        s_throughput.Record(cost.Tokens / Math.Max(cost.Time.TotalSeconds, 1e-9));
        s_rate.Record(record.LearningRate);
        s_norm.Record(record.GradientNorm);
    }

    internal static void RecordValidation(double loss) => s_validation.Record(loss);
}
