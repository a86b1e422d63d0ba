using System.CommandLine;
using MicroGpt.Checkpoints;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt export`: a model of this program in the form that another one takes.</summary>
internal sealed class ExportCommand : ConversionCommand, IHasExamples
{
    private readonly Option<string> _model = new("--model") { Description = "The folder of a trained model.", HelpName = "FOLDER", Required = true };

    public ExportCommand(CommandContext context)
        : base(context, "export", "Give a trained model to another program.", FormatOption())
    {
        Options.Add(_model);
        AddOptions([]);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt export --model shakespeare --out shakespeare-bf16 --type bf16", "Half the size, for transformers"),
        ("microgpt export --model shakespeare --format gguf --type q8_0 --out shakespeare.gguf", "A file for llama.cpp and Ollama"),
    ];

    protected override string SourcePath(ParseResult parse) => parse.GetValue(_model)!;

    protected override StoredModel Open(string path, ParseResult parse) => ModelCheckpoint.Open(path);
}
