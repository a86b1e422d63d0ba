using System.CommandLine;
using System.Text.RegularExpressions;

namespace MicroGpt.Cli;

/// <summary>A command line that can't be understood, in one sentence instead of a page of help.</summary>
internal static partial class ParseErrors
{
    public static string Describe(ParseResult parse)
    {
        var names = new List<string>();
        for (var command = parse.CommandResult; command is not null; command = command.Parent as System.CommandLine.Parsing.CommandResult)
            names.Insert(0, command.Command.Name);
        var message = TypeName().Replace(parse.Errors[0].Message, "");
        message = Suggestions().Replace(message, ": it can be ").Trim().TrimEnd('.').ReplaceLineEndings(" or ");
        return $"{message}. See: {string.Join(' ', names)} --help";
    }

    /// <summary>What only a programmer wants to know of a value that does not fit.</summary>
    [GeneratedRegex(@" as expected type '[^']*'")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\.\s+Did you mean one of the following\?\s+")]
    private static partial Regex Suggestions();
}
