namespace MicroGpt.Tokenizers;

/// <summary>A piece of a message.</summary>
public abstract record MessagePart
{
    private protected MessagePart()
    {
    }
}

/// <summary>What a person or the model says.</summary>
/// <param name="Text">The text.</param>
public sealed record TextPart(string Text) : MessagePart;

/// <summary>A block of Python that the assistant has computed, in the middle of its answer; nanochat's calculator tool.</summary>
/// <param name="Code">The expression, such as <c>12 * 7</c>.</param>
public sealed record PythonPart(string Code) : MessagePart;

/// <summary>What the block of Python before it gave. It is put into the assistant's answer; the assistant did not write it.</summary>
/// <param name="Text">The output.</param>
public sealed record OutputPart(string Text) : MessagePart;

/// <summary>A call of a named tool, with which the assistant ends its message; the output comes as a message of the tool.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">Its arguments as a JSON object.</param>
public sealed record ToolCallPart(string Name, string Arguments) : MessagePart;
