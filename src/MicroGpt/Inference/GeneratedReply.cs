using MicroGpt.Tokenizers;

namespace MicroGpt.Inference;

/// <summary>Why a reply is at its end.</summary>
public enum ReplyEnd
{
    /// <summary>The model ended its turn.</summary>
    EndOfTurn,

    /// <summary>The model called a tool that gave no output: it is for the caller to run it, and to go on with its message.</summary>
    ToolCall,

    /// <summary>It has as many tokens as it may have, or the model's context is full.</summary>
    Length,
}

/// <summary>A reply as a model wrote it.</summary>
/// <param name="Message">The assistant's message, with calls of tools and their outputs.</param>
/// <param name="End">Why it is at its end.</param>
/// <param name="Tokens">How many tokens the model chose.</param>
public sealed record GeneratedReply(Message Message, ReplyEnd End, int Tokens)
{
    /// <summary>The tokens behind the prompt; the mask says which of them the model chose, and which were forced upon it by a tool.</summary>
    public ChatTokens Written { get; init; } = new([], []);
}
