namespace MicroGpt.Tokenizers;

/// <summary>The special tokens between which an answer calls a tool, and between which the tool's output is put into the answer.</summary>
/// <param name="CallStart">Before the call.</param>
/// <param name="CallEnd">Behind the call: the tool has the next word.</param>
/// <param name="OutputStart">Before the output.</param>
/// <param name="OutputEnd">Behind the output: the answer goes on.</param>
public sealed record ToolMarks(string CallStart, string CallEnd, string OutputStart, string OutputEnd);
