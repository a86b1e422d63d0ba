namespace MicroGpt.Checkpoints;

/// <summary>Tensors under other names: which of a source's make which of ours.</summary>
/// <param name="Rules">A rule for every tensor that can be made, in the order in which they are wanted.</param>
public sealed record TensorMapping(IReadOnlyList<TensorRule> Rules)
{
    /// <summary>Whether a tensor of the source that no rule names is left out without a word: buffers that are computed here.</summary>
    public Func<string, bool> Ignores { get; init; } = _ => false;

    /// <summary>The source seen through the rules. It is the result's from now on, and disposed with it.</summary>
    /// <param name="source">The tensors there are.</param>
    /// <param name="wanted">The names and shapes of what is to be made.</param>
    /// <param name="path">What to call the source in messages.</param>
    /// <exception cref="InvalidDataException">
    /// Tensors are missing, are not known, or have other shapes: all are listed, with the nearest name that is known.
    /// </exception>
    public ITensorSource Apply(ITensorSource source, IReadOnlyList<TensorEntry> wanted, string path) =>
        throw new NotImplementedException();
}
