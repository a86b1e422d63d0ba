using System.CommandLine;
using MicroGpt.Checkpoints;
using MicroGpt.Training;

namespace MicroGpt.Cli.Commands;

/// <summary>The options of every command by which a trained model learns on, into another folder, and may be stopped and resumed.</summary>
/// <param name="ofModel">What the model is, for the help.</param>
internal sealed class LearningOn(string ofModel)
{
    public Option<string?> Model { get; } = new("--model") { Description = ofModel, HelpName = "FOLDER" };

    public Option<string> Out { get; } = new("--out")
    {
        Description = "The folder for the new model or adapter and everything needed to resume.",
        HelpName = "FOLDER",
        Required = true,
    };

    public Option<bool> Resume { get; } = new("--resume") { Description = "Go on with the run in --out exactly where it stopped, with its own settings (--steps may be raised, --patience changed)." };

    public Option<bool> Overwrite { get; } = new("--overwrite") { Description = "Start anew although --out already holds a model or an adapter." };

    public Option<bool> TensorBoard { get; } = TrainingSession.TensorBoardOption();

    public Option<bool> Plain { get; } = new("--plain") { Description = "Print lines instead of a moving progress bar." };

    /// <summary>The folder of the model to begin with, once it is clear that what comes of it has a place.</summary>
    /// <exception cref="ArgumentException">There is no model, or no place of its own.</exception>
    /// <exception cref="IOException">The place is taken.</exception>
    public string Start(ParseResult parse)
    {
        var folder = parse.GetValue(Out)!;
        var path = parse.GetValue(Model) ?? throw new ArgumentException("Which model is to learn on? Say it with --model FOLDER.");
        if ((ModelCheckpoint.Exists(folder) || PeftAdapter.Exists(folder)) && !parse.GetValue(Overwrite))
            throw new IOException($"{folder} already holds a model. Go on with it (--resume), replace it (--overwrite), or choose another --out.");
        if (Path.GetFullPath(folder) == Path.GetFullPath(path))
            throw new ArgumentException("--out must be another folder than --model, which stays as it is.");
        return path;
    }

    /// <summary>Refuses settings that a resumed run has already.</summary>
    /// <param name="parse">What was given.</param>
    /// <param name="settings">The options that describe a run.</param>
    /// <param name="changeable">Those that may be given anew.</param>
    /// <exception cref="ArgumentException">One of them was given.</exception>
    public void CheckResumed(ParseResult parse, IEnumerable<Option> settings, IEnumerable<string> changeable)
    {
        var given = settings.Prepend(Overwrite).Prepend(Model)
            .Where(option => parse.GetResult(option) is { Implicit: false }).Select(option => option.Name).Except(changeable).ToArray();
        if (given.Length > 0)
            throw new ArgumentException($"A resumed run keeps its settings: leave out {string.Join(", ", given)}.");
    }

    /// <summary>Refuses a run that has no steps left.</summary>
    /// <exception cref="ArgumentException">It is complete.</exception>
    public static void CheckUnfinished(TrainingRun run, string folder)
    {
        if (run.Step >= run.Options.Steps)
            throw new ArgumentException($"The run in {folder} is complete ({run.Step} steps). To train it longer, give a larger number: --steps {2 * run.Step}");
        if (run.IsOutOfPatience)
            throw new ArgumentException(
                $"The run in {folder} is complete: after step {run.Best!.Step} nothing was better. To train it longer, have more patience: --patience {2 * run.Options.Patience}");
    }
}
