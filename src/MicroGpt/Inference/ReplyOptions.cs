namespace MicroGpt.Inference;

/// <summary>How replies are generated.</summary>
public sealed record ReplyOptions
{
    /// <summary>How tokens are chosen; by default always the likeliest.</summary>
    public SamplerOptions Sampler { get; init; } = new() { Temperature = 0 };

    /// <summary>The same seed, the same replies. Each conversation has random numbers of its own, whichever others stand beside it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The most tokens that the model may write for a reply; outputs of tools do not count.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Runs a tool's call and gives its output, which is put into the reply; null where it can't, which ends the reply.</summary>
    public Func<string, string?> Tool { get; init; } = _ => null;

    /// <summary>Conversations computed side by side, at most.</summary>
    public int Rows { get; init; } = 64;

    /// <summary>Checks the numbers.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">A number is impossible.</exception>
    public ReplyOptions Validate()
    {
        Sampler.Validate();
        if (MaxTokens < 1)
            throw new ArgumentException($"A reply must be allowed at least 1 token, not {MaxTokens}.");
        if (Rows is < 1 or > 65536)
            throw new ArgumentException($"From 1 to 65,536 conversations can be computed side by side, not {Rows}.");
        return this;
    }
}
