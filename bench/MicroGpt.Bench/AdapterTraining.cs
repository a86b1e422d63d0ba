using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>
/// `adapters`: a step (forward, backward, AdamW) of training the whole model, and of training LoRA and DoRA beside it. Each kind has its
/// own processes, in turn, so that the most memory that the operating system counted for one is that kind's.
/// </summary>
internal static partial class AdapterTraining
{
    private const int WarmupSteps = 2; // the first allocates, and the JIT is at work

    private static readonly (string Name, LoraConfig? Lora)[] s_kinds =
    [
        ("whole", null),
        ("lora", new LoraConfig { Rank = 8 }),
        ("dora", new LoraConfig { Rank = 8, UseDora = true }),
    ];

    private static readonly (string Name, string Description, GptConfig Model, int Batch)[] s_models =
    [
        ("speedrun", "the speedrun's model: nanochat, 4 layers, 128 wide, 11 × 192 tokens",
            GptPresets.Nanochat(1024, 4, 32) with { Heads = 4, Width = 128, ContextLength = 192 }, 11),
        ("microgpt-50m", "MicroGPT 50M, 2 × 256 tokens", GptPresets.Create("microgpt-50m", 6400) with { ContextLength = 256 }, 2),
        ("gpt2", "GPT-2's smallest, 124M, 1 × 256 tokens", GptPresets.Gpt2(50257) with { ContextLength = 256 }, 1),
    ];

    [GeneratedRegex(@"(?<value>[\d.]+) (?<unit>MiB)")]
    private static partial Regex MemoryPattern { get; }

    public static Command Command()
    {
        var model = new Option<string>("--config")
        {
            Description = string.Join("; ", s_models.Select(one => $"{one.Name}: {one.Description}")) + ".",
            DefaultValueFactory = _ => s_models[0].Name,
        };
        model.AcceptOnlyFromAmong([.. s_models.Select(one => one.Name)]);
        var kind = new Option<string?>("--kind") { Description = "Measure one kind, once, in this process." };
        kind.AcceptOnlyFromAmong([.. s_kinds.Select(one => one.Name)]);
        var threads = new Option<int>("--threads") { Description = "How many threads compute.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var steps = new Option<int>("--steps") { Description = "Steps of each process that are timed.", DefaultValueFactory = _ => 5 };
        var rounds = new Option<int>("--rounds") { Description = "Processes of each kind, in turn.", DefaultValueFactory = _ => 3 };
        var recompute = new Option<bool>("--recompute") { Description = "Compute layers again on the way back instead of keeping them." };
        var command = new Command("adapters", "Time training a model as a whole, and by adapters of rank 8, and measure its memory.") { model, kind, threads, steps, rounds, recompute };
        command.SetAction(parse =>
        {
            var work = s_models.Single(one => one.Name == parse.GetValue(model));
            var options = new TrainerOptions { BatchSize = work.Batch, Recompute = parse.GetValue(recompute) };
            if (parse.GetValue(kind) is { } name)
            {
                Measure(work.Model, s_kinds.Single(one => one.Name == name).Lora, options, parse.GetValue(threads), parse.GetValue(steps));
                return;
            }

            string[] arguments =
            [
                "adapters", "--config", work.Name, "--threads", Number(parse.GetValue(threads)), "--steps", Number(parse.GetValue(steps)),
                .. options.Recompute ? ["--recompute"] : Array.Empty<string>(),
            ];
            AnsiConsole.WriteLine(Machine.Description);
            AnsiConsole.WriteLine($"{work.Description}; {parse.GetValue(threads)} threads{(options.Recompute ? ", layers computed again" : "")}");
            Compare(work.Model, options, arguments, parse.GetValue(rounds));
        });
        return command;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Prints the median time of a step, and the most memory that this process has had.</summary>
    private static void Measure(GptConfig config, LoraConfig? lora, TrainerOptions options, int threads, int steps)
    {
        using var device = Device.Cpu(threads: threads);
        var random = new MersenneTwister(1);
        var model = new Gpt(config, device);
        model.Initialize(random);
        if (lora is not null)
        {
            model.Adapter = new LoraAdapter(model, lora);
            model.Adapter.Initialize(random);
        }

        var optimizer = new AdamW(model.Adapter?.Parameters ?? model.Parameters, device, options);
        var tape = new Tape(device) { Recomputes = options.Recompute };
        var shape = new Shape(options.BatchSize, config.ContextLength);
        int[] ids = [.. Enumerable.Range(0, shape.Count).Select(_ => random.NextInt32(config.VocabularySize))];
        var milliseconds = new List<double>();
        for (var step = 1; step <= WarmupSteps + steps; step++)
        {
            var start = Stopwatch.GetTimestamp();
            tape.Reset();
            tape.Backward(tape.CrossEntropy(model.Forward(tape, tape.Integers(ids, shape)), tape.Integers(ids, shape)));
            optimizer.GradientNorm();
            optimizer.Step(step, 1e-4);
            if (step > WarmupSteps)
                milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        using var process = Process.GetCurrentProcess();
        Repeated.Print("step", Statistics.Median(milliseconds), "ms");
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak {process.PeakWorkingSet64 / 1048576.0:F1} MiB"));
    }

    private static void Compare(GptConfig config, TrainerOptions options, string[] arguments, int rounds)
    {
        var figures = s_kinds.ToDictionary(kind => kind.Name, _ => new List<(double Milliseconds, double MiB)>());
        for (var round = 0; round < rounds; round++)
            foreach (var (name, _) in s_kinds)
            {
                var output = CommandLine.OutputOfSelf([.. arguments, "--kind", name]);
                figures[name].Add((Figure.ReadAll(output, Figure.DefaultPattern)[0].Value, Figure.ReadAll(output, MemoryPattern)[0].Value));
            }

        using var device = Device.Cpu(threads: 1);
        var table = new Table().MarkdownBorder().AddColumns("learned", "numbers", "ms a step", "of the rounds", "of whole", "MiB at most, measured", "of whole", "MiB predicted");
        var whole = figures[s_kinds[0].Name];
        foreach (var (name, lora) in s_kinds)
        {
            var predicted = TrainingMemory.Predict(config, options, device, lora);
            var times = figures[name].ConvertAll(one => one.Milliseconds);
            table.AddRow(
                name, Learned(lora).ToString("N0", CultureInfo.InvariantCulture),
                Statistics.Digits(Statistics.Median(times)), Statistics.Spread(times),
                Ratio(one => one.Milliseconds), Statistics.Digits(Statistics.Median(figures[name].Select(one => one.MiB))), Ratio(one => one.MiB),
                Statistics.Digits(predicted.Total / 1048576.0));

            string Ratio(Func<(double Milliseconds, double MiB), double> figure) =>
                (Statistics.Median(figures[name].Select(figure)) / Statistics.Median(whole.Select(figure))).ToString("F2", CultureInfo.InvariantCulture);
        }

        AnsiConsole.Write(table);

        long Learned(LoraConfig? lora)
        {
            var model = new Gpt(config, device);
            return (lora is null ? model.Parameters : new LoraAdapter(model, lora).Parameters).Sum(parameter => (long)parameter.Shape.Count);
        }
    }
}
