namespace MicroGpt.Numerics;

/// <summary>
/// Turns each pair (xᵢ, xᵢ₊D⁄₂) of every query and key head by the angle that its position has for i, and lays queries, keys and
/// values side by side for <see cref="CausalAttention"/>.
/// </summary>
internal readonly record struct Rotary(
    Tensor Queries, // (B, T, H·D)
    Tensor Keys,    // (B, T, G·D)
    Tensor Values,  // (B, T, G·D)
    Tensor Cosines, // (positions, D/2)
    Tensor Sines,   // (positions, D/2)
    int Past,       // the position of the first row
    Tensor Qkv)     // (B, T, (H + 2G)·D)
    : IOperation
{
    public Operands Inputs => new(Queries, Keys, Values);

    public Tensor Output => Qkv;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>
    /// Rotary position embedding (Su et al. 2021) of queries and keys, in the form of Hugging Face's Llama: the first half of a head's
    /// numbers is paired with the second. The values are laid beside them as they are.
    /// </summary>
    /// <param name="queries">The queries of all heads, (B, T, H·D).</param>
    /// <param name="keys">The keys, (B, T, G·D).</param>
    /// <param name="values">The values, (B, T, G·D).</param>
    /// <param name="cosines">The cosines of the angles of every position, (positions, D/2).</param>
    /// <param name="sines">Their sines, of the same shape.</param>
    /// <param name="past">The position of the first row.</param>
    /// <returns>Queries, keys and values side by side, (B, T, (H + 2G)·D), as <see cref="CausalAttention(Tensor, int, int, int?, double?)"/> takes them.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other, an element type is wrong, or there are fewer angles than positions.</exception>
    public Tensor Rotary(Tensor queries, Tensor keys, Tensor values, Tensor cosines, Tensor sines, int past = 0)
    {
        Check.Rank(queries, 3, Device.DType);
        Check.Shape(keys, queries.Shape.WithLast(keys.Shape.Last), Device.DType);
        Check.Shape(values, keys.Shape, Device.DType);
        Check.Rank(cosines, 2, Device.DType);
        Check.Shape(sines, cosines.Shape, Device.DType);
        var D = 2 * cosines.Shape.Last;
        if (D == 0 || queries.Shape.Last % D != 0 || keys.Shape.Last % D != 0)
            throw new ArgumentException(
                $"Heads of {D}, two for each angle, do not divide queries of {queries.Shape.Last} and keys of {keys.Shape.Last}.", nameof(cosines));
        var T = queries.Shape[1];
        if (past < 0 || past > cosines.Shape[0] - T)
            throw new ArgumentException($"There are angles for {cosines.Shape[0]} positions, not for {T} more behind {past}.", nameof(past));

        var qkv = Create(queries.Shape.WithLast(checked(queries.Shape.Last + 2 * keys.Shape.Last)));
        Run(new Rotary(queries, keys, values, cosines, sines, past, qkv));
        return qkv;
    }
}
