using System.Text.Json.Serialization;

namespace MicroGpt.Data;

/// <summary>How far a batch source has come; with the random generator's state, all that it takes to go on exactly there.</summary>
public sealed record BatchState
{
    /// <summary>How many batches have been given out.</summary>
    [JsonRequired]
    public long Position { get; init; }

    /// <summary>How many documents have been drawn, over all rounds; 0 for windows.</summary>
    [JsonRequired]
    public long Drawn { get; init; }

    /// <summary>Which of the documents drawn wait for a row that they fit into, the first drawn first.</summary>
    [JsonRequired]
    public IReadOnlyList<long> Waiting { get; init; } = [];

    /// <summary>Checks that a source can be in this state.</summary>
    /// <returns>This state.</returns>
    /// <exception cref="ArgumentException">It can't.</exception>
    internal BatchState Validate()
    {
        var previous = -1L;
        var isRising = true;
        foreach (var ordinal in Waiting)
            (isRising, previous) = (isRising && ordinal > previous, ordinal);
        return Position >= 0 && Drawn >= 0 && isRising && previous < Drawn + (Waiting.Count == 0 ? 1 : 0)
            ? this
            : throw new ArgumentException($"No batches are in this state: {Position} given out, {Drawn} documents drawn.");
    }
}
