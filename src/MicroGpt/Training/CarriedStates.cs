using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>
/// What a recurrent model carries from batch to batch (truncated back-propagation through time, Williams and Peng 1990): a state for
/// every part of a step that is computed together.
/// </summary>
internal sealed class CarriedStates
{
    private readonly int _rowsTogether;
    private readonly IModelState[] _states;

    /// <param name="model">The model.</param>
    /// <param name="rows">Rows of a batch.</param>
    /// <param name="rowsTogether">How many of them are computed together.</param>
    public CarriedStates(ILanguageModel model, int rows, int rowsTogether)
    {
        _rowsTogether = rowsTogether;
        _states = [.. Enumerable.Range(0, (rows + rowsTogether - 1) / rowsTogether)
            .Select(part => model.CreateState(Math.Min(rowsTogether, rows - part * rowsTogether)))];
        // Names of their own: all parts go into one file.
        Saved = [.. _states.SelectMany((state, part) => state.Tensors.Select(
            tensor => Tensor.Zeros(model.Device, $"carried.{part}.{tensor.Name}", tensor.Shape)))];
    }

    /// <summary>What <see cref="Save"/> has put aside, and <see cref="Restore"/> takes.</summary>
    public IReadOnlyList<Tensor> Saved { get; }

    /// <summary>That of the rows from one on.</summary>
    public IModelState Of(int firstRow) => _states[firstRow / _rowsTogether];

    public void Clear()
    {
        foreach (var state in _states)
            state.Clear();
    }

    public IReadOnlyList<Tensor> Save() => Copy((state, saved) => state.CopyTo(saved));

    public void Restore() => Copy((state, saved) => saved.CopyTo(state));

    private delegate void Copier(Span<byte> state, Span<byte> saved);

    private IReadOnlyList<Tensor> Copy(Copier copy)
    {
        foreach (var (state, saved) in _states.SelectMany(state => state.Tensors).Zip(Saved))
            copy(state.Bytes, saved.Bytes);
        return Saved;
    }
}
