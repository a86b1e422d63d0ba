using System.CommandLine;
using MicroGpt.Data.Documents;

namespace MicroGpt.Cli.Commands;

/// <summary>The options that say how documents are read, wherever they are.</summary>
internal sealed class DocumentSettings
{
    private readonly Option<string?> _field = new("--field") { Description = "The JSON property or column with the text (default: text).", HelpName = "NAME" };
    private readonly Option<bool> _skipBad = new("--skip-bad") { Description = "Leave out and count what can't be read or expressed, instead of ending at the first." };

    public IEnumerable<Option> Options => [_field, _skipBad];

    public DocumentReaderOptions Read(ParseResult parse) => new() { Field = parse.GetValue(_field), SkipBad = parse.GetValue(_skipBad) };
}
