using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Inference;

/// <summary>
/// Continues token sequences with a model, one token at a time, through the same forward pass as training: the prompt at once
/// (prefill), then each new token alone, behind the keys and values of the others. A sequence that outgrows the context slides:
/// its later half is read again and the rest forgotten.
/// </summary>
public sealed class Generator
{
    private readonly ILanguageModel _model;
    private readonly IModelState _cache;
    private readonly Tape _tape;
    private readonly double[] _logits;

    /// <summary>A generator for a model, with a cache of its own; one sequence at a time.</summary>
    public Generator(ILanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _cache = model.CreateState();
        _tape = new Tape(model.Device, recording: false);
        _logits = new double[model.Config.VocabularySize];
    }

    /// <summary>New tokens behind a prompt, as they come.</summary>
    /// <param name="prompt">At least one token.</param>
    /// <param name="maxTokens">How many at most.</param>
    /// <param name="sampler">Chooses them.</param>
    /// <param name="stop">A token that ends the sequence and is not returned, or null for none.</param>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    public IEnumerable<int> Generate(IReadOnlyList<int> prompt, int maxTokens, Sampler sampler, int? stop = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(sampler);
        if (prompt.Count == 0)
            throw new ArgumentException("There must be a token to begin with.", nameof(prompt));
        return Continue([.. prompt], maxTokens, sampler, stop, _logits.Length);
    }

    /// <summary>One text behind a prompt.</summary>
    /// <param name="tokenizer">The model's tokenizer; where it has a token for the start of documents, it begins the sequence and ends it. Where it has none, an empty prompt is the end of a line.</param>
    /// <param name="prompt">The text to continue; may be empty.</param>
    /// <param name="maxTokens">How many new tokens at most.</param>
    /// <param name="sampler">Chooses them.</param>
    /// <returns>The pieces of the new text, as they come.</returns>
    /// <exception cref="ArgumentException">The prompt has a character that the model does not know.</exception>
    public IEnumerable<string> GenerateText(ITokenizer tokenizer, string prompt, int maxTokens, Sampler sampler)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(sampler);
        var ids = tokenizer.Encode(prompt);
        int[] start = tokenizer.BosId is { } bos ? [bos, .. ids] : ids.Length > 0 ? ids : NewLine(tokenizer);
        // A model may have more rows than there are tokens; those behind the last mean nothing.
        var vocabulary = Math.Min(_logits.Length, tokenizer.VocabularySize);
        return Text(tokenizer, Continue([.. start], maxTokens, sampler, tokenizer.EosId ?? tokenizer.BosId, vocabulary));
    }

    /// <summary>What an endless text goes on behind, where nothing is given: a line's end, or the first token if there is none.</summary>
    private static int[] NewLine(ITokenizer tokenizer)
    {
        try
        {
            return tokenizer.Encode("\n") is { Length: > 0 } ids ? ids : [0];
        }
        catch (ArgumentException)
        {
            return [0];
        }
    }

    /// <summary>The characters as tokens complete them; where a token completes none, there is none.</summary>
    private static IEnumerable<string> Text(ITokenizer tokenizer, IEnumerable<int> ids)
    {
        var decoder = new StreamingDecoder(tokenizer);
        foreach (var piece in ids.Select(decoder.Add).Where(piece => piece.Length > 0))
            yield return piece;
        if (decoder.Flush() is { Length: > 0 } rest)
            yield return rest;
    }

    private IEnumerable<int> Continue(List<int> sequence, int maxTokens, Sampler sampler, int? stop, int vocabulary)
    {
        _cache.Clear();
        var seen = Math.Max(0, sequence.Count - _cache.Capacity); // tokens in the cache, or forgotten
        for (var i = 0; i < maxTokens; i++)
        {
            if (_cache.Length + sequence.Count - seen > _cache.Capacity)
            {
                _cache.Clear();
                seen = sequence.Count - Math.Max(1, _cache.Capacity / 2);
            }

            Read(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sequence)[seen..]);
            seen = sequence.Count;
            var next = sampler.Next(_logits.AsSpan(0, vocabulary));
            if (next == stop)
                yield break;
            sequence.Add(next);
            yield return next;
        }
    }

    /// <summary>Runs the model over new tokens and keeps the scores behind the last.</summary>
    private void Read(ReadOnlySpan<int> tokens)
    {
        _tape.Reset();
        var logits = _model.Forward(_tape, _tape.Integers(tokens, new Shape(1, tokens.Length)), _cache); // (1, T, V)
        Scores.Copy(logits, logits.Shape.Rows - 1, _logits);
    }
}
