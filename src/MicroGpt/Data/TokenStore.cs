namespace MicroGpt.Data;

/// <summary>
/// Documents of tokens, one behind another, in memory or on disk: what batches are made of. Tokens and documents are counted
/// in 64 bits. Not for several threads at once.
/// </summary>
public abstract class TokenStore
{
    /// <summary>All tokens.</summary>
    public abstract long TokenCount { get; }

    /// <summary>All documents.</summary>
    public abstract long DocumentCount { get; }

    /// <summary>The tokens of the longest document; 0 where there is none.</summary>
    public abstract long LongestDocument { get; }

    /// <summary>Whether only some tokens are to be learned: answers in conversations, for example, and not questions.</summary>
    public virtual bool HasMask => false;

    /// <summary>The position of a document's first token; that of <see cref="DocumentCount"/> is <see cref="TokenCount"/>.</summary>
    public abstract long StartOf(long document);

    /// <summary>The number of a document's tokens.</summary>
    /// <exception cref="InvalidDataException">It can't be: the file is damaged.</exception>
    public virtual long LengthOf(long document) => StartOf(document + 1) - StartOf(document);

    /// <summary>Copies consecutive tokens, whichever documents they belong to.</summary>
    /// <param name="start">The position of the first.</param>
    /// <param name="tokens">Where they go.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not all there.</exception>
    /// <exception cref="InvalidDataException">A token is not in the vocabulary: the file is damaged.</exception>
    public abstract void Read(long start, Span<int> tokens);

    /// <summary>Copies which of consecutive tokens are to be learned.</summary>
    /// <param name="start">The position of the first.</param>
    /// <param name="learned">Where the answers go.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not all there.</exception>
    public virtual void ReadMask(long start, Span<bool> learned)
    {
        CheckRange(start, learned.Length);
        learned.Fill(true);
    }

    /// <summary>Refuses positions that are not there.</summary>
    protected void CheckRange(long start, int count)
    {
        if (start < 0 || start > TokenCount - count)
            throw new ArgumentOutOfRangeException(
                nameof(start), start, $"{count} tokens from {start} on are not among the {TokenCount} that there are.");
    }
}
