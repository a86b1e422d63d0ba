using MicroGpt.Data;
using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;
using Spectre.Console;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt` alone: a GPT from nothing, on the embedded names, within a minute.</summary>
internal static class Quickstart
{
    private const string Folder = "microgpt-names";
    private const int Invented = 20;
    private const int NamesPerLine = 5;

    public static int Run(CommandContext context, int? threads)
    {
        var folder = FreeFolder();
        var corpus = Corpus.Load(EmbeddedData.Names, Recipe.Names.DataKind);
        var recipe = Recipe.Names.FitTo(corpus);
        using var device = CommandContext.CreateDevice(threads);

        context.WriteLine($"A GPT learns from {corpus.Documents.Count} first names of many languages, letter by letter, and then invents some.");
        context.WriteLine();
        var trainer = Trainer.Start(corpus, recipe.Model, recipe.Options, device);
        var code = TrainingSession.Run(context, trainer, folder, plain: false);
        if (code == ExitCode.Success)
        {
            ShowInvented(context, trainer, corpus);
            SayWhatNext(context, folder);
        }

        return code;
    }

    private static void ShowInvented(CommandContext context, Trainer trainer, Corpus corpus)
    {
        var known = corpus.Documents.ToHashSet();
        var generator = new Generator(trainer.Model);
        var sampler = new Sampler(new SamplerOptions(), new MersenneTwister(trainer.Options.Seed));
        context.WriteLine();
        context.WriteLine("It invents (a * marks those that stand in the data):");
        var grid = new Grid();
        for (var column = 0; column < NamesPerLine; column++)
            grid.AddColumn(new GridColumn().NoWrap().Width(14));
        for (var line = 0; line < Invented / NamesPerLine; line++)
            grid.AddRow([.. Enumerable.Range(0, NamesPerLine).Select(_ => Invent())]);
        context.Console.Write(new Padder(grid, new Padding(2, 0, 0, 0)));

        Markup Invent()
        {
            var name = string.Concat(generator.GenerateText(trainer.Tokenizer, "", trainer.Model.Config.ContextLength, sampler));
            return known.Contains(name) ? new Markup($"[grey]{Markup.Escape(name)} *[/]") : new Markup($"[green]{Markup.Escape(name)}[/]");
        }
    }

    private static void SayWhatNext(CommandContext context, string folder)
    {
        context.WriteLine();
        context.WriteLine("What to try next:");
        foreach (var arguments in (string[])
            [
                $"sample --model {folder} --prompt mar --count 10 --temperature 1.2",
                $"info --model {folder}",
                $"train --recipe names --data {EmbeddedData.ChineseNames} --out names-zh-model",
                "train --data your-own.txt --out my-model",
                "train --help",
            ])
            context.WriteLine($"  {context.Self} {arguments}");
    }

    /// <summary>The first of microgpt-names, microgpt-names-2, … that is not there yet: nothing of anyone's is overwritten.</summary>
    private static string FreeFolder()
    {
        for (var i = 1; ; i++)
        {
            var folder = i == 1 ? Folder : $"{Folder}-{i}";
            if (!Path.Exists(folder))
                return folder;
        }
    }
}
