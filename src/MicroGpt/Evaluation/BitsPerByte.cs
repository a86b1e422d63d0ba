using System.Text;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Evaluation;

/// <summary>
/// The bits that a model needs for a byte of text, which compares models with different tokenizers: nats / (ln 2 · bytes), special
/// tokens excluded (as in nanochat).
/// </summary>
public static class BitsPerByte
{
    /// <summary>Measures documents, each by itself; of a long one, stretches of the model's context one after the other.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="documents">The texts.</param>
    /// <param name="cancellation">Ends it between two documents.</param>
    /// <returns>Bits a byte; not a number where there is nothing to predict.</returns>
    /// <exception cref="ArgumentException">A text can't be expressed in the tokenizer's vocabulary.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static double Of(ILanguageModel model, ITokenizer tokenizer, IEnumerable<string> documents, CancellationToken cancellation = default) =>
        Score(model, tokenizer, documents, cancellation).BitsPerByte.Value;

    /// <summary>The same with perplexity and confidence intervals.</summary>
    /// <inheritdoc cref="Of"/>
    /// <returns>Bits a byte and perplexity; documents without anything to predict are left out.</returns>
    public static TextScore Score(ILanguageModel model, ITokenizer tokenizer, IEnumerable<string> documents, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(documents);
        var tape = new Tape(model.Device, recording: false);
        var scored = new List<(double Nats, long Tokens, long Bytes)>();
        foreach (var document in documents)
        {
            cancellation.ThrowIfCancellationRequested();
            var text = tokenizer.Encode(document);
            int[] ids = tokenizer.BosId is { } bos ? [bos, .. text] : text;
            if (ids.Length < 2)
                continue;
            // Without a token for a start nothing predicts the first token: its bytes do not count.
            var bytes = Encoding.UTF8.GetByteCount(document) - (tokenizer.BosId is null ? Encoding.UTF8.GetByteCount(tokenizer.Decode([text[0]])) : 0);
            var nats = 0.0;
            for (var start = 0; start < ids.Length - 1; start += model.Config.ContextLength)
                nats += Nats(model, tape, ids.AsSpan(start, Math.Min(model.Config.ContextLength + 1, ids.Length - start)));
            scored.Add((nats, ids.Length - 1, bytes));
        }

        return new TextScore(scored);
    }

    private static double Nats(ILanguageModel model, Tape tape, ReadOnlySpan<int> ids)
    {
        tape.Reset();
        var shape = new Shape(1, ids.Length - 1);
        var logits = model.Forward(tape, tape.Integers(ids[..^1], shape));
        return tape.CrossEntropy(logits, tape.Integers(ids[1..], shape)).Item * shape.Count;
    }
}
