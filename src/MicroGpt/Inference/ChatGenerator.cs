using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Inference;

/// <summary>
/// Writes the assistant's next reply to conversations, many at once, with tools: when the model ends a call, the tool's output is forced
/// into what it reads (as in nanochat, <c>nanochat/engine.py</c>).
/// </summary>
/// <remarks>
/// The rows of a batch stand at the same position: all read as many tokens at a time as the row with the fewest unread. Rows with
/// more to read, of the prompt or from a tool, simply go on reading while others already write, so nothing is padded. A reply ends
/// where the context does.
/// </remarks>
public sealed class ChatGenerator
{
    // Positions in one forward pass: enough to keep all cores busy, and no more memory than a small training step.
    private const int MostPositions = 2048;

    private readonly ILanguageModel _model;
    private readonly ITokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly ReplyOptions _options;
    private readonly Tape _tape;
    private readonly double[] _scores;
    private (IModelState State, int Rows)? _cache; // of the batch before

    /// <summary>A generator for a chat model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="template">How conversations become tokens; null for the one whose special tokens the tokenizer has.</param>
    /// <param name="options">How replies are generated.</param>
    /// <exception cref="ArgumentException">The tokenizer has no tokens for conversations, or an option is impossible.</exception>
    public ChatGenerator(ILanguageModel model, ITokenizer tokenizer, ChatTemplate? template = null, ReplyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        _template = ChatTemplate.Required(tokenizer, template);
        (_model, _tokenizer, _options) = (model, tokenizer, (options ?? new ReplyOptions()).Validate());
        _tape = new Tape(model.Device, recording: false);
        // A model may have more rows than there are tokens; those behind the last mean nothing.
        _scores = new double[Math.Min(model.Config.VocabularySize, tokenizer.VocabularySize)];
    }

    /// <summary>The reply to each conversation, in their order.</summary>
    /// <param name="conversations">Conversations in which the user or a tool has spoken last.</param>
    /// <param name="progress">Is told how many replies are finished.</param>
    /// <param name="seed">Where random numbers start instead of the options' seed; or null.</param>
    /// <param name="cancellation">Ends it between two tokens.</param>
    /// <exception cref="ArgumentException">A conversation does not wait for a reply, or can't be expressed in tokens.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public IReadOnlyList<GeneratedReply> Reply(
        IReadOnlyList<Conversation> conversations, IProgress<int>? progress = null, ulong? seed = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(conversations);
        var prompts = conversations.Select(conversation => _template.EncodePrompt(conversation, _tokenizer)).ToArray();
        var replies = new GeneratedReply[prompts.Length];
        var finished = 0;
        // Neighbours in length have the least to wait for each other.
        foreach (var batch in Enumerable.Range(0, prompts.Length).OrderBy(i => prompts[i].Length).Chunk(_options.Rows))
        {
            if (_cache?.Rows != batch.Length)
                _cache = (_model.CreateState(batch.Length), batch.Length);
            var rows = batch.Select(i => new ReplyInMaking(
                _tokenizer, _template, prompts[i], _options, new Sampler(_options.Sampler, new MersenneTwister((seed ?? _options.Seed) + (ulong)i)))).ToArray();
            Write(rows, _cache.Value.State, cancellation);
            for (var row = 0; row < rows.Length; row++)
                replies[batch[row]] = rows[row].ToReply();
            progress?.Report(finished += rows.Length);
        }

        return replies;
    }

    private void Write(ReplyInMaking[] rows, IModelState cache, CancellationToken cancellation)
    {
        cache.Clear();
        while (rows.Any(row => row.End is null))
        {
            cancellation.ThrowIfCancellationRequested();
            var room = Math.Min(cache.Capacity - cache.Length, Math.Max(1, MostPositions / rows.Length));
            if (room == 0)
            {
                foreach (var row in rows)
                    row.Stop(ReplyEnd.Length);
                return;
            }

            Read(rows, Math.Min(room, rows.Where(row => row.End is null).Min(row => row.Unread)), cache);
        }
    }

    /// <summary>Reads T tokens in every row; rows that have no more to read choose their next.</summary>
    private void Read(ReplyInMaking[] rows, int T, IModelState cache)
    {
        var ids = new int[rows.Length * T]; // (B, T)
        for (var row = 0; row < rows.Length; row++)
            rows[row].Read(ids.AsSpan(row * T, T));
        _tape.Reset();
        var logits = _model.Forward(_tape, _tape.Integers(ids, new Shape(rows.Length, T)), cache); // (B, T, V)
        for (var row = 0; row < rows.Length; row++)
        {
            if (!rows[row].IsToChoose)
                continue;
            Scores.Copy(logits, (row + 1) * T - 1, _scores);
            rows[row].Choose(_scores);
        }
    }
}
