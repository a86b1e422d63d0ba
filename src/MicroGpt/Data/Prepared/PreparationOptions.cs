using MicroGpt.Tokenizers;

namespace MicroGpt.Data.Prepared;

/// <summary>What is held back to judge by.</summary>
public enum HeldBack
{
    /// <summary>Whole documents: a hash of the text and the seed decides, whatever stands before and behind it.</summary>
    Documents,

    /// <summary>The end of every document: for a few long texts.</summary>
    Ends,
}

/// <summary>How a corpus is prepared.</summary>
public sealed record PreparationOptions
{
    /// <summary>The part to be judged by, from 0 to 0.5.</summary>
    public double ValidationFraction { get; init; } = 0.05;

    /// <summary>What this part consists of.</summary>
    public HeldBack HeldBack { get; init; }

    /// <summary>Which documents are held back depends on it, and on nothing else but their text.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Tokens a file at most, unless a single document has more.</summary>
    public long ShardTokens { get; init; } = 100_000_000;

    /// <summary>How conversations become tokens; null where there are only texts.</summary>
    public ChatTemplate? ChatTemplate { get; init; }

    /// <summary>Learns conversations whole: what is asked as well as what is answered.</summary>
    public bool LearnAll { get; init; }

    /// <summary>
    /// The Jinja template that came with the tokenizer, to be kept with it for models that are trained on the texts; where
    /// <see cref="ChatTemplate"/> is set, that is kept.
    /// </summary>
    public string? TokenizerChatTemplate { get; init; }

    /// <summary>Leaves out, and counts, documents that the tokenizer or the template can't express, where otherwise the first ends it.</summary>
    public bool SkipBad { get; init; }

    /// <summary>How many threads encode, or null for one a core. The files do not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Whether what is learned of a document is kept beside its tokens.</summary>
    internal bool HasMask => ChatTemplate is not null && !LearnAll;

    /// <summary>Replaces a prepared corpus that is in the folder already.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Checks that it can be done.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">It can't; the message says why.</exception>
    public PreparationOptions Validate()
    {
        if (ValidationFraction is not (>= 0 and <= 0.5))
            throw new ArgumentException(FormattableString.Invariant($"The part to validate on must be from 0 to 0.5, not {ValidationFraction}."));
        if (!Enum.IsDefined(HeldBack))
            throw new ArgumentException($"There is no {HeldBack} to hold back; there are {string.Join(", ", Enum.GetNames<HeldBack>())}.");
        if (ShardTokens < 1)
            throw new ArgumentException($"A shard has at least 1 token, not {ShardTokens}.");
        if (Threads is < 1 or > 1024)
            throw new ArgumentException($"The number of threads must be from 1 to 1024, not {Threads}.");
        return this;
    }
}

/// <summary>How far a preparation has come.</summary>
/// <param name="Documents">Documents encoded.</param>
/// <param name="Bytes">Their text, in bytes.</param>
/// <param name="Tokens">Their tokens.</param>
public sealed record PreparationProgress(long Documents, long Bytes, long Tokens);
