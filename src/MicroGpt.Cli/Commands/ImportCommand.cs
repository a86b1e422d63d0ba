using System.CommandLine;
using MicroGpt.Checkpoints;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt import`: another program's model becomes a folder of this one.</summary>
internal sealed class ImportCommand : ConversionCommand, IHasExamples
{
    private readonly Argument<string> _source = new("file")
    {
        Description = "The model: " + string.Join("; ", ModelImporter.Formats.Select(format => format.Name)) + ".",
        HelpName = "FILE|FOLDER",
    };

    private readonly SourceSettings _settings = new();

    public ImportCommand(CommandContext context)
        : base(context, "import", "Take a model that another program trained: a folder to sample from, train on and serve.", format: null)
    {
        Arguments.Add(_source);
        AddOptions(_settings.Options);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt import SmolLM2-135M --out smollm2", "A folder that transformers wrote, or that was downloaded from Hugging Face"),
        ("microgpt import SmolLM2-135M-F16.gguf --out smollm2", "A file of llama.cpp or Ollama"),
        ("microgpt import SmolLM2-135M --out smollm2 --type f32", "The same with its weights in single precision"),
        ("microgpt import micro_gpt_chat.pth --preset microgpt-50m --tokenizer dataset --out chat", "The MicroGPT of 50 million parameters, with the tokenizer of its repository"),
        ("microgpt import d12/model_002000.pt --preset nanochat --out nanochat-d12", "nanochat's weights; meta_002000.json lies beside them"),
    ];

    protected override string SourcePath(ParseResult parse) => parse.GetValue(_source)!;

    protected override StoredModel Open(string path, ParseResult parse) => ModelImporter.Import(path, _settings.Read(parse));
}
