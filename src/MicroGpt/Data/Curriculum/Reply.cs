namespace MicroGpt.Data.Curriculum;

/// <summary>What a piece of an assistant's reply is.</summary>
public enum ReplyPartKind
{
    /// <summary>Words for the person.</summary>
    Text,

    /// <summary>A call of a tool: an expression for the calculator, or <c>weather("Rome")</c>.</summary>
    Call,

    /// <summary>What the tool gave, put into the reply by the program that runs the tools.</summary>
    Output,
}

/// <summary>A piece of an assistant's reply.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its content.</param>
public sealed record ReplyPart(ReplyPartKind Kind, string Text);

/// <summary>An assistant's reply, with the tools it called.</summary>
/// <param name="Parts">Its pieces in order.</param>
public sealed record Reply(IReadOnlyList<ReplyPart> Parts)
{
    /// <summary>A reply of words only.</summary>
    public static Reply OfText(string text) => new([new ReplyPart(ReplyPartKind.Text, text)]);

    /// <summary>A reply that calls one tool and then speaks.</summary>
    public static Reply OfCall(string call, string output, string text) =>
        new([new ReplyPart(ReplyPartKind.Call, call), new ReplyPart(ReplyPartKind.Output, output), new ReplyPart(ReplyPartKind.Text, text)]);

    /// <summary>The words, without calls and outputs.</summary>
    public string Text => string.Concat(Of(ReplyPartKind.Text));

    /// <summary>The calls in order.</summary>
    public IEnumerable<string> Calls => Of(ReplyPartKind.Call);

    private IEnumerable<string> Of(ReplyPartKind kind) => Parts.Where(part => part.Kind == kind).Select(part => part.Text);
}
