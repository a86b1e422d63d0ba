using System.Text.Json.Serialization;

namespace MicroGpt.Training;

/// <summary>How the learning rate falls after its warm-up.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LearningRateDecay>))]
public enum LearningRateDecay
{
    /// <summary>Not at all.</summary>
    Constant,

    /// <summary>In a straight line.</summary>
    Linear,

    /// <summary>Along half a cosine: slowly, faster, slowly (Loshchilov, Hutter 2017).</summary>
    Cosine,

    /// <summary>It stays at its height, then falls in a straight line: a trapezoid, also called warm-up, stable, decay (nanochat).</summary>
    Trapezoid,
}

/// <summary>The learning rate of every step: up in a line over the warm-up, then down to a minimum at the last step.</summary>
/// <param name="Peak">The highest rate.</param>
/// <param name="Minimum">The lowest, after the last step.</param>
/// <param name="WarmupSteps">Steps on the way up.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Decay">The way down.</param>
/// <param name="DecayFraction">The last part of all steps, over which a trapezoid falls.</param>
public sealed record LearningRateSchedule(
    double Peak, double Minimum, int WarmupSteps, int Steps, LearningRateDecay Decay, double DecayFraction = 0.65)
{
    /// <summary>The rate of a step, counted from 0.</summary>
    public double At(int step)
    {
        if (Decay == LearningRateDecay.Trapezoid)
            return AtTrapezoid(step);
        if (step < WarmupSteps)
            return Peak * (step + 1) / (WarmupSteps + 1);
        var progress = Math.Clamp((double)(step - WarmupSteps) / Math.Max(Steps - WarmupSteps, 1), 0, 1);
        var left = Decay switch
        {
            LearningRateDecay.Constant => 1,
            LearningRateDecay.Linear => 1 - progress,
            _ => 0.5 * (1 + Math.Cos(Math.PI * progress)),
        };
        return Minimum + left * (Peak - Minimum);
    }

    // As nanochat has it: the last step of the warm-up is at full height, and the fall would reach the minimum one step after the last.
    private double AtTrapezoid(int step)
    {
        if (step < WarmupSteps)
            return Peak * (step + 1) / WarmupSteps;
        var falling = Math.Round(DecayFraction * Steps);
        var left = Math.Clamp((Steps - step) / Math.Max(falling, 1), 0, 1);
        return Minimum + left * (Peak - Minimum);
    }
}
