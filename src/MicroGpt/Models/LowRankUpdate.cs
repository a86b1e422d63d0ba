using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>What LoRA adds to one linear map: y + s·(x Aᵀ) Bᵀ; with DoRA, the rows then get learned lengths.</summary>
/// <param name="layer">The linear map.</param>
/// <param name="device">Where the matrices live.</param>
/// <param name="config">The adapter.</param>
/// <param name="place">Which of the adapter's maps this is.</param>
internal sealed class LowRankUpdate(LinearLayer layer, Device device, LoraConfig config, int place)
{
    private Tensor? _norms; // (outputs), while nothing is learned
    private double[]? _merged; // (outputs), what the rows were multiplied by when the update was merged

    public LinearLayer Layer { get; } = layer;

    public Tensor A { get; } = Tensor.Parameter(device, layer.Name + ".lora_A.weight", new Shape(config.Rank, layer.Weight.Shape.Last)); // (r, inputs)

    public Tensor B { get; } = Tensor.Parameter(device, layer.Name + ".lora_B.weight", new Shape(layer.Weight.Shape[0], config.Rank)); // (outputs, r)

    /// <summary>The lengths of the rows, (outputs), with DoRA.</summary>
    public Tensor? Magnitude { get; } = config.UseDora
        ? Tensor.Parameter(device, layer.Name + ".lora_magnitude_vector", new Shape(layer.Weight.Shape[0]))
        : null;

    /// <summary>What is learned.</summary>
    public IEnumerable<Tensor> Parameters => Magnitude is null ? [A, B] : [A, B, Magnitude];

    /// <summary>A even in ±1/√inputs, as PEFT draws it; B zero, and the rows' lengths as they are, so that at the start nothing changes.</summary>
    public void Initialize(MersenneTwister random)
    {
        var initial = InitialValue.Even(-1 / Math.Sqrt(A.Shape.Last), 1 / Math.Sqrt(A.Shape.Last));
        for (var i = 0; i < A.Shape.Count; i++)
            A[i] = initial.Draw(random, i, A.Shape.Count);
        for (var i = 0; i < B.Shape.Count; i++)
            B[i] = 0;
        if (Magnitude is not null)
            Norms(new Tape(device, recording: false), Magnitude);
    }

    /// <summary>Forgets what was computed of the matrices, which others may have changed.</summary>
    public void Refresh() => _norms = null;

    /// <summary>The map's result, (B, T, outputs), with the update.</summary>
    /// <param name="tape">Where operations are recorded.</param>
    /// <param name="y">The map's own result, with bias and residual, (B, T, outputs).</param>
    /// <param name="x">What it was computed of, (B, T, inputs).</param>
    /// <param name="residual">What was added to it, (B, T, outputs), or null.</param>
    public Tensor AddTo(Tape tape, Tensor y, Tensor x, Tensor? residual)
    {
        var update = tape.Linear(tape.Linear(tape.Dropout(x, config.Dropout, place), A), B);
        if (Magnitude is null)
            return tape.WeightedSum(y, new Coefficient(1), update, new Coefficient(config.Scale));
        // While something is learned the norms change at every step; when a model is used, they are those of the first token.
        var norms = tape.IsRecording ? Norms(tape) : _norms ??= Norms(tape, Tensor.Zeros(device, "", Magnitude.Shape));
        _norms = tape.IsRecording ? null : _norms;
        return tape.Magnitudes(y, update, Magnitude, Layer.Bias, residual, norms, config.Scale);
    }

    /// <summary>W ← W + s·B A, and with DoRA its rows are given their lengths.</summary>
    public void Merge(Tape tape)
    {
        var rows = Magnitude is null ? null : Gains(tape);
        AddToWeight(tape, 1);
        Multiply(rows);
        _merged = rows;
    }

    /// <summary>The weight from before <see cref="Merge"/>, but for rounding.</summary>
    /// <exception cref="InvalidOperationException">With DoRA: it was not merged by this object, so the rows' former lengths are not known.</exception>
    public void Unmerge(Tape tape)
    {
        if (Magnitude is not null)
            Multiply([.. (_merged ?? throw new InvalidOperationException("The rows' lengths before a DoRA adapter was merged are known to that adapter only."))
                .Select(gain => gain == 0 ? 0 : 1 / gain)]);
        AddToWeight(tape, -1);
    }

    private Tensor Norms(Tape tape, Tensor? into = null) => tape.RowNorms(Layer.Weight, A, B, config.Scale, into);

    /// <summary>What the rows of W + s·B A are multiplied by, (outputs).</summary>
    private double[] Gains(Tape tape)
    {
        tape.Reset();
        var norms = Norms(tape);
        return [.. Enumerable.Range(0, norms.Shape.Count).Select(j => norms[j] > 0 ? Magnitude![j] / norms[j] : 0)];
    }

    private void Multiply(double[]? rows)
    {
        for (var i = 0; rows is not null && i < Layer.Weight.Shape.Count; i++)
            Layer.Weight[i] *= rows[i / Layer.Weight.Shape.Last];
    }

    /// <summary>W ← W + factor·s·B A.</summary>
    private void AddToWeight(Tape tape, double factor)
    {
        tape.Reset();
        var (rank, inputs) = (A.Shape[0], A.Shape.Last);
        var transposed = Tensor.Zeros(device, "", new Shape(inputs, rank));
        for (var i = 0; i < A.Shape.Count; i++)
            transposed[i % inputs * rank + i / inputs] = A[i];
        tape.WeightedSum(Layer.Weight, new Coefficient(1), tape.Linear(B, transposed), new Coefficient(factor * config.Scale)).Bytes.CopyTo(Layer.Weight.Bytes);
    }
}
