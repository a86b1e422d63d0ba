using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>How good a model is on the validation data.</summary>
/// <param name="Loss">The mean loss, in nats a token; or what <see cref="Measures.Validation"/> says.</param>
/// <param name="BitsPerByte">
/// Bits a byte of text, which compares models with different tokenizers: nats / (ln 2 · bytes), special tokens excluded (as in nanochat). Null where
/// the tokens do not add up to the text.
/// </param>
public readonly record struct ValidationScore(double Loss, double? BitsPerByte);

/// <summary>Adds up the loss of those tokens that stand for text, and their bytes.</summary>
/// <param name="tape">Where losses are computed.</param>
/// <param name="tokenBytes">The bytes of each token, or null where they are not known.</param>
internal sealed class TextLoss(Tape tape, int[]? tokenBytes)
{
    private double _nats;
    private long _bytes;

    public double? BitsPerByte => _bytes == 0 ? null : _nats / (Math.Log(2) * _bytes);

    /// <summary>Begins anew.</summary>
    public void Clear() => (_nats, _bytes) = (0, 0);

    /// <summary>Adds a batch.</summary>
    /// <param name="logits">The scores, (B, T, V).</param>
    /// <param name="targets">What came, (B, T).</param>
    /// <param name="shape">(B, T).</param>
    /// <param name="loss">The mean loss of all targets.</param>
    /// <param name="counted">How many those are.</param>
    public void Add(Tensor logits, ReadOnlySpan<int> targets, Shape shape, Tensor loss, int counted)
    {
        if (tokenBytes is null || counted == 0)
            return;
        var (bytes, special) = (0L, 0);
        foreach (var target in targets)
        {
            if (target == Tape.IgnoredTarget)
                continue;
            bytes += tokenBytes[target];
            special += tokenBytes[target] == 0 ? 1 : 0;
        }

        _bytes += bytes;
        if (special == counted)
            return;
        if (special == 0)
        {
            _nats += loss.Item * counted;
            return;
        }

        var texts = targets.ToArray();
        foreach (ref var target in texts.AsSpan())
            if (target != Tape.IgnoredTarget && tokenBytes[target] == 0)
                target = Tape.IgnoredTarget;
        _nats += tape.CrossEntropy(logits, tape.Integers(texts, shape)).Item * (counted - special);
    }
}
