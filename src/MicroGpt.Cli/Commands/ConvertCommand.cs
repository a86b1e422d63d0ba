using System.CommandLine;
using MicroGpt.Checkpoints;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt convert`: `import` and `export` in one step, from any form to any other.</summary>
internal sealed class ConvertCommand : ConversionCommand, IHasExamples
{
    private readonly Argument<string> _source = new("file")
    {
        Description = "The model, in any form that can be imported.",
        HelpName = "FILE|FOLDER",
    };

    private readonly SourceSettings _settings = new();

    public ConvertCommand(CommandContext context)
        : base(context, "convert", "Turn a model from any form into any other: import and export in one step, a model larger than memory too.", FormatOption())
    {
        Arguments.Add(_source);
        AddOptions(_settings.Options);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt convert SmolLM2-135M --out smollm2-f16 --type f16", "Another program's model, its weights in half precision"),
    ];

    protected override string SourcePath(ParseResult parse) => parse.GetValue(_source)!;

    protected override StoredModel Open(string path, ParseResult parse) => ModelImporter.Import(path, _settings.Read(parse));
}
