using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>What LoRA adds to one linear map: y + s·(x Aᵀ) Bᵀ.</summary>
internal sealed class LowRankUpdate(LinearLayer layer, Device device, int rank, double scale)
{
    public LinearLayer Layer { get; } = layer;

    public Tensor A { get; } = Tensor.Parameter(device, layer.Name + ".lora_A.weight", new Shape(rank, layer.Weight.Shape.Last)); // (r, inputs)

    public Tensor B { get; } = Tensor.Parameter(device, layer.Name + ".lora_B.weight", new Shape(layer.Weight.Shape[0], rank)); // (outputs, r)

    /// <summary>A even in ±1/√inputs, as PEFT draws it; B zero, so that at the start nothing is added.</summary>
    public void Initialize(MersenneTwister random)
    {
        var initial = InitialValue.Even(-1 / Math.Sqrt(A.Shape.Last), 1 / Math.Sqrt(A.Shape.Last));
        for (var i = 0; i < A.Shape.Count; i++)
            A[i] = initial.Draw(random, i, A.Shape.Count);
        for (var i = 0; i < B.Shape.Count; i++)
            B[i] = 0;
    }

    public Tensor AddTo(Tape tape, Tensor y, Tensor x) => // (B, T, outputs), (B, T, inputs) → (B, T, outputs)
        tape.WeightedSum(y, new Coefficient(1), tape.Linear(tape.Linear(x, A), B), new Coefficient(scale));

    /// <summary>W ← W + factor·s·B A.</summary>
    public void AddToWeight(Tape tape, double factor)
    {
        tape.Reset();
        var (rank, inputs) = (A.Shape[0], A.Shape.Last);
        var transposed = Tensor.Zeros(device, "", new Shape(inputs, rank));
        for (var i = 0; i < A.Shape.Count; i++)
            transposed[i % inputs * rank + i / inputs] = A[i];
        tape.WeightedSum(Layer.Weight, new Coefficient(1), tape.Linear(B, transposed), new Coefficient(factor * scale)).Bytes.CopyTo(Layer.Weight.Bytes);
    }
}
