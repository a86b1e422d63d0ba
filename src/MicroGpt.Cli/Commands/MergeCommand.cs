using System.CommandLine;
using MicroGpt.Checkpoints;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt merge`: an adapter becomes part of a copy of its model.</summary>
internal sealed class MergeCommand : Command, IHasExamples
{
    private readonly Option<string> _model = new("--model") { Description = "The adapter's folder.", HelpName = "FOLDER", Required = true };
    private readonly Option<string> _out = new("--out") { Description = "The folder for the model with the adapter in it.", HelpName = "FOLDER", Required = true };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace the model in --out." };
    private readonly CommandContext _context;

    public MergeCommand(CommandContext context)
        : base("merge", "Put an adapter into a copy of its model, which then needs no adapter and costs no more than before.")
    {
        _context = context;
        foreach (var option in (Option[])[_model, _out, _overwrite])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt merge --model my-adapter --out my-merged", "The model with what the adapter learned"),
        ("microgpt export --model my-merged --format gguf --out my-merged.gguf", "Then for a program that knows no adapters"),
    ];

    private int Run(ParseResult parse)
    {
        var (from, to) = (parse.GetValue(_model)!, parse.GetValue(_out)!);
        if ((ModelCheckpoint.Exists(to) || PeftAdapter.Exists(to)) && !parse.GetValue(_overwrite))
            throw new IOException($"{to} already holds a model. Replace it (--overwrite), or choose another --out.");
        using var device = CommandContext.CreateDevice(threads: null);
        var loaded = ModelCheckpoint.Load(from, device);
        var adapter = loaded.Adapter
            ?? throw new ArgumentException($"{from} holds a model, not an adapter: there is nothing to merge.");
        adapter.Merge();
        ModelCheckpoint.Delete(to);
        ModelCheckpoint.SaveDescription(to, loaded.Model, loaded.Tokenizer, loaded.ChatTemplate);
        ModelCheckpoint.SaveWeights(to, loaded.Model, loaded.Step);
        _context.WriteLine($"Merged {TrainingSession.Quote(from)} into a copy of {TrainingSession.Quote(loaded.Folder)}: {TrainingSession.Quote(to)}");
        return ExitCode.Success;
    }
}
