namespace MicroGpt.Models;

/// <summary>
/// Llama 3.1's way to a longer context (Dubey et al. 2024; <c>rope_type: llama3</c> in Hugging Face's files): pairs that turn slowly,
/// less than <see cref="LowFrequencyFactor"/> times within the original context, turn <see cref="Factor"/> times as slowly; those that
/// turn more than <see cref="HighFrequencyFactor"/> times turn as before; in between, both are mixed.
/// </summary>
/// <param name="Factor">How many times as slowly.</param>
/// <param name="LowFrequencyFactor">Turns within the original context, below which a pair counts as slow.</param>
/// <param name="HighFrequencyFactor">Turns within the original context, above which a pair counts as fast; more than the former.</param>
/// <param name="OriginalContext">The context the model was first trained with, in tokens.</param>
public sealed record RotaryScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalContext)
{
    /// <summary>What becomes of a pair's turn, in radians a position.</summary>
    internal double Scale(double turn)
    {
        var turns = OriginalContext * turn / (2 * Math.PI);
        var fast = Math.Clamp((turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor), 0, 1);
        return (1 - fast) * turn / Factor + fast * turn;
    }
}
