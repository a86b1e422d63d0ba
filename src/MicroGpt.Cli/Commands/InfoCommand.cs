using System.CommandLine;
using System.Globalization;
using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;
using Spectre.Console;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt info`: what a trained model is, and what it takes.</summary>
internal sealed class InfoCommand : Command, IHasExamples
{
    private readonly Option<string> _model = new("--model") { Description = "The folder of a trained model.", HelpName = "FOLDER", Required = true };
    private readonly Option<bool> _tensors = new("--tensors") { Description = "List every parameter with its shape." };
    private readonly CommandContext _context;

    public InfoCommand(CommandContext context)
        : base("info", "Show a model's configuration, parameters and memory.")
    {
        _context = context;
        Options.Add(_model);
        Options.Add(_tensors);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt info --model microgpt-names", "What the quickstart trained"),
        ("microgpt info --model microgpt-names --tensors", "Every matrix of it"),
    ];

    private int Run(ParseResult parse)
    {
        var folder = parse.GetValue(_model)!;
        using var device = Device.Cpu(threads: 1);
        var (model, tokenizer, step) = ModelCheckpoint.Load(folder, device);
        var config = model.Config;
        var weights = model.ParameterCount * sizeof(float);
        var cache = 2L * config.Layers * config.ContextLength * config.KeyValueHeadCount * config.HeadSize * sizeof(float);

        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        Row("model", $"{config.Preset}, trained for {step:N0} steps");
        Row("parameters", $"{model.ParameterCount:N0}");
        Row("vocabulary", $"{config.VocabularySize:N0} tokens: {(tokenizer.BosId is null ? "characters of a text" : "characters, and one for the start and end of a document")}");
        Row("context", $"{config.ContextLength:N0} tokens");
        Row("layers", $"{config.Layers:N0}");
        Row("heads", $"{config.Heads:N0} of {config.HeadSize:N0}, {config.KeyValueHeadCount:N0} for keys and values");
        Row("width", $"{config.Width:N0}, {config.MlpHidden:N0} inside the MLP");
        Row("positions", config.Positions == PositionKind.Rotary ? $"rotary, theta {config.RotaryBase:N0}" : (FormattableString)$"learned");
        Row("norm", $"{config.Norm}{(config.NormWeights ? "" : " without weights")}, epsilon {config.NormEpsilon}");
        Row("activation", $"{config.Activation}");
        Row("biases", $"{(config.Bias ? "yes" : "no")}");
        Row("head", $"{(config.TiedHead ? "shares the token embedding" : "a matrix of its own")}");
        Row("memory", $"{Bytes(weights)} of weights");
        Row("", $"{Bytes(cache)} of keys and values for a full context");
        Row("", $"{Bytes(4 * weights)} to train: weights, gradients and two moments, besides the activations");
        _context.Console.Write(grid);

        if (parse.GetValue(_tensors))
        {
            var tensors = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn(new GridColumn().NoWrap());
            foreach (var parameter in model.Parameters)
                tensors.AddRow(Markup.Escape(parameter.Name), parameter.Shape.ToString());
            _context.WriteLine();
            _context.Console.Write(tensors);
        }

        return ExitCode.Success;

        void Row(string name, FormattableString value) => grid.AddRow(name, Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
    }

    private static string Bytes(long bytes) => bytes switch
    {
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:F1} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:F1} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:F2} GiB"),
    };
}
