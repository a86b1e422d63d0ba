namespace MicroGpt.Numerics;

/// <summary>
/// For every head and position t: y_t = Σ_s p_s v_s over t − window ≤ s ≤ t, with p = softmax(scale · q_t · k_s). Queries, keys and
/// values arrive side by side in one tensor, as one matrix product makes them.
/// </summary>
internal readonly record struct CausalAttention(
    Tensor Qkv,            // (B, T, (H + 2G)·D): H query heads, then G key heads, then G value heads
    int Heads,             // H
    int KeyValueHeads,     // G; each is shared by H / G query heads
    Tensor? CachedKeys,    // (B, capacity, G·D): Past rows on entry, Past + T on return
    Tensor? CachedValues,  // (B, capacity, G·D)
    int Past,              // positions already in the cache
    int Window,            // positions before its own that a query attends to
    double Scale,          // of scores: 1 / √D, as a rule
    Tensor Normalizers,    // (2, B·H, T), saved for the backward pass: the largest scaled score of a row, and 1 / Σ exp(score − largest)
    Tensor Y)              // (B, T, H·D)
    : IOperation
{
    public int HeadSize => Qkv.Shape.Last / (Heads + 2 * KeyValueHeads);

    public Operands Inputs => new(Qkv);

    public Tensor Output => Y;

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);
}

public sealed unsafe partial class Tape
{
    /// <summary>
    /// Causal self-attention over all heads (Vaswani et al. 2017); with fewer key and value heads than query heads it is
    /// grouped-query attention (Ainslie et al. 2023). The T × T matrix is never stored: the backward pass makes its rows again.
    /// </summary>
    /// <param name="qkv">Queries, keys and values side by side, (B, T, (H + 2G)·D).</param>
    /// <param name="heads">The number of query heads, H.</param>
    /// <param name="keyValueHeads">The number of key and value heads, G, a divisor of H.</param>
    /// <param name="window">How many positions before its own a query attends to; null for all.</param>
    /// <param name="scale">What scores are multiplied by before softmax; null for 1 / √D.</param>
    /// <returns>The heads' outputs side by side, (B, T, H·D).</returns>
    /// <exception cref="ArgumentException">
    /// The shapes or the numbers of heads do not fit each other, an element type is wrong, or the window or the scale is not positive.
    /// </exception>
    public Tensor CausalAttention(Tensor qkv, int heads, int keyValueHeads, int? window = null, double? scale = null) =>
        CausalAttention(qkv, heads, keyValueHeads, null, null, 0, window, scale);

    /// <summary>The same, behind keys and values of earlier positions: appends the new ones to the cache and attends to all.</summary>
    /// <param name="qkv">Queries, keys and values of the new positions, (B, T, (H + 2G)·D).</param>
    /// <param name="heads">The number of query heads, H.</param>
    /// <param name="keyValueHeads">The number of key and value heads, G, a divisor of H.</param>
    /// <param name="cachedKeys">Room for the keys of all positions, (B, capacity, G·D), or null for no cache.</param>
    /// <param name="cachedValues">Room for the values, likewise.</param>
    /// <param name="past">How many positions the cache holds.</param>
    /// <param name="window">How many positions before its own a query attends to; null for all.</param>
    /// <param name="scale">What scores are multiplied by before softmax; null for 1 / √D.</param>
    /// <returns>The heads' outputs at the new positions, (B, T, H·D).</returns>
    /// <exception cref="ArgumentException">The shapes or the numbers of heads do not fit each other, an element type is wrong, the cache is too small, or the window or the scale is not positive.</exception>
    /// <exception cref="InvalidOperationException">A cache was given while the tape is recording: gradients do not flow through it.</exception>
    public Tensor CausalAttention(
        Tensor qkv, int heads, int keyValueHeads, Tensor? cachedKeys, Tensor? cachedValues, int past, int? window = null, double? scale = null)
    {
        Check.Rank(qkv, 3, Device.DType);
        var parts = heads + 2L * keyValueHeads;
        if (heads < 1 || keyValueHeads < 1 || heads % keyValueHeads != 0 || qkv.Shape.Last == 0 || qkv.Shape.Last % parts != 0)
            throw new ArgumentException(
                $"{heads} query heads with {keyValueHeads} key and value heads do not divide rows of {qkv.Shape.Last}.", nameof(heads));

        if (window < 1 || !(scale is null or (> 0 and < double.PositiveInfinity)))
            throw new ArgumentException(FormattableString.Invariant($"A window of {window} positions or a scale of {scale} is not positive."), nameof(window));

        var (B, T, D) = (qkv.Shape[0], qkv.Shape[1], (int)(qkv.Shape.Last / parts));
        if (cachedKeys is not null && cachedValues is not null)
        {
            if (IsRecording)
                throw new InvalidOperationException("Gradients do not flow through a key-value cache: record without one.");
            Check.Rank(cachedKeys, 3, Device.DType);
            Check.Shape(cachedKeys, new Shape(B, cachedKeys.Shape[1], keyValueHeads * D), Device.DType);
            Check.Shape(cachedValues, cachedKeys.Shape, Device.DType);
            if (past < 0 || past > cachedKeys.Shape[1] - T)
                throw new ArgumentException(
                    $"A cache of {cachedKeys.Shape[1]} positions can't take {T} more behind {past}.", nameof(past));
        }
        else if (cachedKeys is not null || cachedValues is not null || past != 0)
        {
            throw new ArgumentException("A cache is keys and values together.", nameof(cachedValues));
        }

        var normalizers = CreateSaved(new Shape(2, B * heads, T));
        var y = Create(new Shape(B, T, heads * D));
        Run(new CausalAttention(
            qkv, heads, keyValueHeads, cachedKeys, cachedValues, past, window ?? int.MaxValue, scale ?? 1 / Math.Sqrt(D), normalizers, y));
        return y;
    }
}
