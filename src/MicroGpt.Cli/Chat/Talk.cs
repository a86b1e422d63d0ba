using MicroGpt.Data.Curriculum;
using MicroGpt.Inference;
using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Chat;

/// <summary>A conversation in the terminal: what was said, how replies are generated, and how they are shown.</summary>
internal sealed class Talk(CommandContext context, ChatSession session, ReplyOptions options, string? system)
{
    private readonly List<Message> _messages = [];
    private ulong _replies;

    public ReplyOptions Options { get; set; } = options with { Tool = Calculator.Evaluate };

    /// <summary>The system message, or null for none.</summary>
    public string? System { get; set; } = system;

    /// <summary>Everything said, with the system message.</summary>
    public IReadOnlyList<Message> Messages => System is { Length: > 0 } text ? [new Message(Message.System, text), .. _messages] : _messages;

    /// <summary>Says something to the model, and shows its reply as it comes.</summary>
    /// <exception cref="ArgumentException">It can't be said to this model; nothing has changed.</exception>
    public void Ask(string text)
    {
        _messages.Add(new Message(Message.User, text));
        try
        {
            Answer();
        }
        catch
        {
            _messages.RemoveAt(_messages.Count - 1);
            throw;
        }
    }

    /// <summary>Has the model reply to the last message anew.</summary>
    /// <returns>Whether there was something to reply to.</returns>
    public bool Retry()
    {
        if (_messages.Count == 0)
            return false;
        var last = _messages[^1];
        _messages.RemoveAt(_messages.Count - 1);
        try
        {
            Answer();
        }
        catch
        {
            _messages.Add(last);
            throw;
        }

        return true;
    }

    /// <summary>Forgets what was said; the system message stays.</summary>
    public void Clear() => _messages.Clear();

    /// <summary>Goes on with another conversation.</summary>
    public void Replace(Conversation conversation)
    {
        System = conversation.Messages[0] is { Role: Message.System } first ? first.Text : null;
        _messages.Clear();
        _messages.AddRange(conversation.Messages.Where(message => message.Role != Message.System));
    }

    private void Answer()
    {
        var output = context.Console.Profile.Out.Writer;
        // A seed of its own for each reply, so that a retry says something else.
        var reply = session.Reply(new Conversation(Messages), Options with { Seed = Options.Seed + _replies++ }, Show, context.Cancellation);
        output.WriteLine();
        _messages.Add(reply.Message);
        if (reply.End == ReplyEnd.Length)
            context.WriteLine("(cut off: the reply has as many tokens as it may have, or the context is full)");
        if (reply.End == ReplyEnd.ToolCall)
            context.WriteLine("(it called a tool that is not here)");
        if (session.ForgottenMessages > 0)
            context.WriteLine($"({session.ForgottenMessages} of the oldest messages no longer fit into the model's context; /clear starts anew)");

        void Show(ReplyPiece piece)
        {
            var isCall = piece.Kind == ReplyPieceKind.Call;
            if (isCall && !_inCall)
                output.Write("[");
            _inCall = isCall;
            output.Write(piece.Kind == ReplyPieceKind.Output ? $" = {piece.Text}] " : piece.Text);
            output.Flush();
        }
    }

    private bool _inCall;
}
