using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Bench;

/// <summary>
/// `adapters`: a step of training the whole model, and of training LoRA and DoRA beside it: forward, backward, AdamW, in turn in one
/// process; and what each takes in memory, as counted by running a step without memory (the tests hold that count against what is allocated).
/// </summary>
internal static class AdapterTraining
{
    private static readonly (string Name, LoraConfig? Lora)[] s_kinds =
    [
        ("whole", null),
        ("LoRA", new LoraConfig { Rank = 8 }),
        ("LoRA with dropout", new LoraConfig { Rank = 8, Dropout = 0.05 }),
        ("DoRA", new LoraConfig { Rank = 8, UseDora = true }),
    ];

    public static Command Command()
    {
        var threads = new Option<int>("--threads") { Description = "How many threads compute.", DefaultValueFactory = _ => 2 };
        var rounds = new Option<int>("--rounds") { Description = "Steps of each kind.", DefaultValueFactory = _ => 7 };
        var command = new Command("adapters", "Time and count the memory of training a model as a whole, and by adapters of rank 8.") { threads, rounds };
        command.SetAction(parse => Measure(parse.GetValue(threads), parse.GetValue(rounds)));
        return command;
    }

    private static void Measure(int threads, int rounds)
    {
        using var device = Device.Cpu(threads: threads);
        var config = GptPresets.Create("llama", 4096) with { Layers = 6, Heads = 6, Width = 384, ContextLength = 256 };
        var options = new TrainerOptions { BatchSize = 8 };
        var runs = s_kinds.Select(kind => new Kind(kind.Name, kind.Lora, config, options, device)).ToArray();
        foreach (var run in runs)
            run.Step(); // the first allocates
        for (var round = 0; round < rounds; round++)
            foreach (var run in runs)
                run.Time();
        Console.WriteLine(FormattableString.Invariant($"{device.Description}; llama, 6 layers, 384 wide, 4,096 tokens, batches of {options.BatchSize} x {config.ContextLength}"));
        foreach (var run in runs)
            Console.WriteLine(run.InWords(runs[0]));
    }

    private sealed class Kind
    {
        private readonly string _name;
        private readonly Gpt _model;
        private readonly IReadOnlyList<Tensor> _learned;
        private readonly AdamW _optimizer;
        private readonly Tape _tape;
        private readonly TrainingMemory _memory;
        private readonly List<double> _milliseconds = [];
        private readonly int[] _ids;
        private readonly Shape _shape;
        private int _step;

        public Kind(string name, LoraConfig? lora, GptConfig config, TrainerOptions options, Device device)
        {
            (_name, _model, _shape) = (name, new Gpt(config, device), new Shape(options.BatchSize, config.ContextLength));
            var random = new MersenneTwister(1);
            _model.Initialize(random);
            if (lora is not null)
            {
                _model.Adapter = new LoraAdapter(_model, lora);
                _model.Adapter.Initialize(random);
            }

            _learned = _model.Adapter?.Parameters ?? _model.Parameters;
            _optimizer = new AdamW(_learned, device, options);
            _tape = new Tape(device);
            _memory = TrainingMemory.Predict(config, options, device, lora);
            _ids = [.. Enumerable.Range(0, _shape.Count).Select(_ => random.NextInt32(config.VocabularySize))];
        }

        private double Median => _milliseconds.Order().ElementAt(_milliseconds.Count / 2);

        public void Step()
        {
            _tape.Reset();
            _tape.DropoutSeed = (ulong)++_step;
            _tape.Backward(_tape.CrossEntropy(_model.Forward(_tape, _tape.Integers(_ids, _shape)), _tape.Integers(_ids, _shape)));
            _optimizer.Step(_step, 1e-4);
        }

        public void Time()
        {
            var watch = Stopwatch.StartNew();
            Step();
            _milliseconds.Add(watch.Elapsed.TotalMilliseconds);
        }

        public string InWords(Kind whole) => string.Create(
            CultureInfo.InvariantCulture,
            $"{_name,-18} {Median,7:F0} ms a step ({Median / whole.Median:F2} of whole), {_memory.Total / 1048576.0,6:F1} MiB ({(double)_memory.Total / whole._memory.Total:F2}); learns {_learned.Sum(parameter => (long)parameter.Shape.Count),10:N0} numbers: {_memory.InWords()}");
    }
}
