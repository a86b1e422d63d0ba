namespace MicroGpt.Inference;

/// <summary>How the next token is chosen from a model's scores.</summary>
public sealed record SamplerOptions
{
    /// <summary>Divides the scores: below 1 the likely becomes likelier, above 1 less so; 0 always takes the best.</summary>
    public double Temperature { get; init; } = 0.8;

    /// <summary>Only the k best are considered; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the best whose probabilities together reach p are considered (Holtzman et al. 2020); 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Checks the numbers.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">A number is impossible.</exception>
    public SamplerOptions Validate()
    {
        if (!(Temperature >= 0) || !double.IsFinite(Temperature))
            throw new ArgumentException(FormattableString.Invariant($"The temperature must be 0 or more, not {Temperature}."));
        if (TopK < 0)
            throw new ArgumentException($"Top-k must be 0 (for all tokens) or more, not {TopK}.");
        if (!(TopP > 0 && TopP <= 1))
            throw new ArgumentException(FormattableString.Invariant($"Top-p must be more than 0 and at most 1, not {TopP}."));
        return this;
    }
}
