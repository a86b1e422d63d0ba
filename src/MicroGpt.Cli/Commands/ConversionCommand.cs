using System.CommandLine;
using System.Globalization;
using MicroGpt.Checkpoints;
using MicroGpt.Cli.Output;
using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Cli.Commands;

/// <summary>What `import`, `export` and `convert` have in common: a model goes from one form into another, without being in memory as a whole.</summary>
internal abstract class ConversionCommand : Command
{
    private readonly Option<string> _out = new("--out") { Description = "Where to write it.", HelpName = "PATH", Required = true };
    private readonly Option<string?> _type = new("--type") { HelpName = "TYPE" };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace what is there." };
    private readonly CommandContext _context;

    protected ConversionCommand(CommandContext context, string name, string description, Option<string>? format)
        : base(name, description)
    {
        _context = context;
        Format = format;
        var formats = format is null ? [ModelExporter.Formats[0]] : ModelExporter.Formats;
        _type.Description = "How to store the weights: " + string.Join("; ", formats.Select(known =>
            (formats.Count > 1 ? known.Name + ": " : "") + string.Join(", ", known.Types) + $" (default: {known.Types[0]})")) + ".";
    }

    protected static Option<string> FormatOption() => new("--format")
    {
        Description = $"The form it is written in: {string.Join(", ", ModelExporter.Formats.Select(format => format.Name))}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => ModelExporter.Formats[0].Name,
    };

    /// <summary>The option for the format, where there is a choice.</summary>
    protected Option<string>? Format { get; }

    /// <summary>The path of the source on the command line.</summary>
    protected abstract string SourcePath(ParseResult parse);

    /// <summary>Opens the source.</summary>
    protected abstract StoredModel Open(string path, ParseResult parse);

    /// <summary>Adds the options that are common, behind those of the command itself.</summary>
    protected void AddOptions(IEnumerable<Option> source)
    {
        Options.Add(_out);
        if (Format is not null)
            Options.Add(Format);
        Options.Add(_type);
        foreach (var option in source)
            Options.Add(option);
        Options.Add(_overwrite);
        SetAction(Run);
    }

    private int Run(ParseResult parse)
    {
        var (source, target) = (SourcePath(parse), parse.GetValue(_out)!);
        var (format, type) = ModelExporter.Find(Format is null ? ModelExporter.Formats[0].Name : parse.GetValue(Format)!, parse.GetValue(_type));
        if (Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(target)))
            throw new ArgumentException($"{target} is the model itself: write to another place.");
        if ((File.Exists(target) || ModelCheckpoint.Exists(target)) && !parse.GetValue(_overwrite))
            throw new ArgumentException($"{target} is there already. Say --overwrite to replace it, or another --out.");
        using var model = Open(source, parse);
        Describe(model);
        try
        {
            var numbers = model.Weights.Entries.Sum(entry => (long)entry.Shape.Count);
            ConversionProgress.Run(
                _context, "Writing", numbers, progress => format.Write(model, target, type, progress, _context.Cancellation));
        }
        catch (OperationCanceledException)
        {
            _context.WriteLine("Stopped; nothing was written.");
            return ExitCode.Interrupted;
        }

        _context.WriteLine($"Saved in {TrainingSession.Quote(target)}: {format.Name}, {ByteCount.InWords(Size(target))}.");
        if (format == ModelExporter.Formats[0] && !ModelCheckpoint.IsKnownElsewhere(model.Config))
            _context.WriteLine("Only this program can load it: transformers has no model of this kind.");
        return ExitCode.Success;
    }

    private void Describe(StoredModel model)
    {
        var config = model.Config;
        var numbers = model.Weights.Entries.Sum(entry => (long)entry.Shape.Count);
        var types = string.Join(" and ", model.Weights.Entries.Select(entry => entry.Type).Distinct());
        _context.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Model: {config.Preset}, {numbers:N0} parameters in {types} ({config.Sizes}, {config.VocabularySize} tokens)"));
        if (model.Tokenizer is null)
            _context.WriteLine("It has no tokenizer: put a tokenizer.json beside it before you sample from it.");
    }

    private static long Size(string path) =>
        File.Exists(path)
            ? new FileInfo(path).Length
            : new DirectoryInfo(path).EnumerateFiles().Sum(file => file.Length);
}
