using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Inference;

/// <summary>
/// A conversation with a model, piece by piece. What the model has read it remembers: a further turn costs its own tokens, and only a
/// conversation that was changed, or that outgrew the context, is read anew.
/// </summary>
public sealed class ChatSession
{
    /// <summary>Positions that are kept free for a reply, where the context is long enough.</summary>
    private const int RoomForReply = 64;

    private readonly ILanguageModel _model;
    private readonly ITokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly IModelState _state;
    private readonly Tape _tape;
    private readonly List<int> _read = []; // the tokens in the state
    private readonly double[] _scores;

    /// <summary>A session with a chat model, in which nothing has been said.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="template">How conversations become tokens; null for the one whose special tokens the tokenizer has.</param>
    /// <exception cref="ArgumentException">The tokenizer has no tokens for conversations.</exception>
    public ChatSession(ILanguageModel model, ITokenizer tokenizer, ChatTemplate? template = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        (_model, _tokenizer, _template) = (model, tokenizer, ChatTemplate.Required(tokenizer, template));
        _state = model.CreateState();
        _tape = new Tape(model.Device, recording: false);
        // A model may have more rows than there are tokens; those behind the last mean nothing.
        _scores = new double[Math.Min(model.Config.VocabularySize, tokenizer.VocabularySize)];
    }

    /// <summary>How many of the oldest messages the last reply did not see, because the context is too short for all.</summary>
    public int ForgottenMessages { get; private set; }

    /// <summary>Tokens of the last reply that were known from the turn before and cost nothing.</summary>
    public int RememberedTokens { get; private set; }

    /// <summary>The assistant's next reply.</summary>
    /// <param name="conversation">A conversation in which the user or a tool has spoken last.</param>
    /// <param name="options">How it is generated.</param>
    /// <param name="said">Is told every piece as it comes; or null.</param>
    /// <param name="cancellation">Ends it between two tokens.</param>
    /// <exception cref="ArgumentException">The conversation does not wait for a reply, can't be expressed in tokens, or its last message alone is too long.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public GeneratedReply Reply(
        Conversation conversation, ReplyOptions? options = null, Action<ReplyPiece>? said = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        options = (options ?? new ReplyOptions()).Validate();
        var prompt = Fitting(conversation);
        Recall(prompt);
        var reply = new ReplyInMaking(
            _tokenizer, _template, prompt[_read.Count..], options, new Sampler(options.Sampler, new MersenneTwister(options.Seed)))
        {
            Said = said,
        };
        while (reply.End is null)
        {
            cancellation.ThrowIfCancellationRequested();
            var room = _state.Capacity - _state.Length;
            if (reply.Unread > room)
            {
                reply.Stop(ReplyEnd.Length);
                break;
            }

            var ids = new int[reply.Unread];
            reply.Read(ids);
            _tape.Reset();
            var logits = _model.Forward(_tape, _tape.Integers(ids, new Shape(1, ids.Length)), _state); // (1, T, V)
            _read.AddRange(ids);
            Scores.Copy(logits, ids.Length - 1, _scores);
            reply.Choose(_scores);
        }

        return reply.ToReply();
    }

    /// <summary>Keeps what the model has read if it is the beginning of a prompt, and otherwise forgets it.</summary>
    private void Recall(int[] prompt)
    {
        if (_read.Count >= prompt.Length || !prompt.AsSpan(0, _read.Count).SequenceEqual([.. _read]))
        {
            _read.Clear();
            _state.Clear();
        }

        RememberedTokens = _read.Count;
    }

    /// <summary>The prompt, without the oldest turns where the context is too short for them and a reply.</summary>
    private int[] Fitting(Conversation conversation)
    {
        var messages = conversation.Messages.ToList();
        var first = messages[0].Role == Message.System ? 1 : 0;
        while (true)
        {
            while (messages.Count > first && messages[first].Role != Message.User) // with whom a conversation begins
                messages.RemoveAt(first);
            if (messages.Count == first)
                throw new ArgumentException(
                    $"The last message alone is too long for the model's context of {_state.Capacity} tokens. Say it in fewer words.", nameof(conversation));
            var prompt = _template.EncodePrompt(new Conversation(messages), _tokenizer);
            if (prompt.Length + Math.Min(RoomForReply, _state.Capacity / 4) <= _state.Capacity)
            {
                ForgottenMessages = conversation.Messages.Count - messages.Count;
                return prompt;
            }

            messages.RemoveAt(first);
        }
    }
}
