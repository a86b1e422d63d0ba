namespace MicroGpt.Training;

/// <summary>What a run measures: what people are shown, and the columns of <c>loss.csv</c>.</summary>
/// <param name="Loss">What the training loss is called; null where it says nothing of how well a step went.</param>
/// <param name="Validation">What the model is judged by on the validation data, behind <c>val </c>.</param>
/// <param name="OfStep">What every step measures besides; there may be none.</param>
public sealed record Measures(string? Loss, string Validation, IReadOnlyList<string> OfStep)
{
    /// <summary>Whether a model is the better for a higher <see cref="Validation"/>: a reward, not a loss.</summary>
    public bool HigherIsBetter { get; init; }

    /// <summary>The loss, and nothing else.</summary>
    public static Measures OfLoss { get; } = new("train loss", "val loss", []);
}
