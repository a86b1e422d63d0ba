using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Output;

/// <summary>A reply as people read it, with the calls of tools in it and what they gave: <c>[6*7 = 42] 42.</c></summary>
internal static class ReplyText
{
    public static string Of(Message reply) => string.Concat(reply.Parts.Select(part => part switch
    {
        PythonPart call => $"[{call.Code}",
        OutputPart output => $" = {output.Text}] ",
        TextPart text => text.Text,
        _ => "",
    }));
}
