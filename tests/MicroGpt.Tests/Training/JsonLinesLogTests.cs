using System.Text.Json;
using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>The log for programs: valid JSON a line, every step once however often the run was stopped.</summary>
public sealed class JsonLinesLogTests : IDisposable
{
    private static readonly string s_text = string.Concat(Enumerable.Repeat("the quick brown fox jumps over the lazy dog\n", 20));

    private static readonly TrainerOptions s_options = new() { Steps = 8, BatchSize = 2, WarmupSteps = 2, EvaluationInterval = 4, SaveInterval = 3 };

    private readonly TemporaryFolder _folder = new();

    private readonly TemporaryFolder _data = new();

    public JsonLinesLogTests() => File.WriteAllText(_data.File("text.txt"), s_text);

    public void Dispose()
    {
        _folder.Dispose();
        _data.Dispose();
    }

    [Fact]
    public void A_run_is_written_down()
    {
        using (var log = JsonLinesLog.Open(_folder.Path, Start(), "microgpt train", peak: 1e9))
            log.OnSample(0, "a \"text\"\n");

        var events = Events();

        Assert.Equal(["start", "sample", "stop"], events.Select(Name));
        Assert.Equal("microgpt train", events[0].GetProperty("command").GetString());
        Assert.Equal(1e9, events[0].GetProperty("peak_flops").GetDouble());
        Assert.Equal(1u, events[0].GetProperty("options").GetProperty("seed").GetUInt32());
        Assert.True(events[0].GetProperty("flops_per_position").GetDouble() > 0);
        Assert.Equal("a \"text\"\n", events[1].GetProperty("text").GetString());
        Assert.True(events[2].GetProperty("peak_memory").GetInt64() > 0);
    }

    [Fact]
    public void The_memory_of_tensors_is_that_of_the_session()
    {
        const long Much = 1L << 30; // never written to, so that it takes no memory but is counted
        var trainer = Start();
        foreach (var much in (bool[])[true, false])
        {
            var folder = _folder.File($"{much}");
            using (JsonLinesLog.Open(folder, trainer))
                if (much)
                    Hold(Much);
            var taken = Events(folder)[^1].GetProperty("tensor_memory").GetInt64();
            Assert.Equal(much, taken >= Much);
            Assert.True(taken >= trainer.Memory.Weights + trainer.Memory.Optimizer);
        }

        static void Hold(long bytes) => GC.KeepAlive(new Storage(bytes, clear: false));
    }

    [Fact]
    public void A_resumed_run_has_every_step_once_and_the_same_numbers()
    {
        Train(Start());
        var whole = Steps();

        Directory.Delete(_folder.Path, recursive: true);
        Train(Start(), stopBehind: 5); // stopped and saved at 5
        File.AppendAllText(LogPath, "{\"event\":\"step\",\"step\":6,\"loss\":1}\n{\"event\":\"step\",\"step\":7,\"lo"); // killed two steps later
        Train(Trainer.Resume(_folder.Path, Device.Default));

        Assert.Equal(whole, Steps());
        Assert.Equal(["start", "stop", "start", "stop"], Events().Select(Name).Where(name => name is "start" or "stop"));
        Assert.Equal([4, 8], Events().Where(said => Name(said) == "validation").Select(said => said.GetProperty("step").GetInt32()));
    }

    [Fact]
    public void A_log_damaged_anywhere_is_gone_on_with()
    {
        Train(Start(), stopBehind: 3);
        var content = File.ReadAllBytes(LogPath);
        var random = new Random(1);
        var trainer = Trainer.Resume(_folder.Path, Device.Default);
        for (var i = 0; i < 200; i++)
        {
            var damaged = content[..random.Next(content.Length)];
            if (damaged.Length > 0 && i % 2 == 0)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(LogPath, damaged);
            JsonLinesLog.Open(_folder.Path, trainer).Dispose();
            Assert.Equal(["start", "stop"], Events().TakeLast(2).Select(Name)); // all of it is JSON again
        }
    }

    [Fact]
    public void The_snippet_is_the_pages() => Snippet.AssertShown("docs/training.md", "Training/JsonLinesLogTests.cs");

    [Fact]
    public void The_snippet_logs()
    {
        var trainer = Start();
        Log(trainer);
        Assert.Equal(8, File.ReadLines("my-model/log.jsonl").Count(line => line.Contains("\"step\",\"step\"", StringComparison.Ordinal)));
        Directory.Delete("my-model", recursive: true);
    }

    private static void Log(Trainer trainer)
    {
        // the snippet begins
        var log = JsonLinesLog.Open("my-model", trainer);
        using (log)
            trainer.Run(log, "my-model");
        // the snippet ends
    }

    private string LogPath => _folder.File(JsonLinesLog.FileName);

    private Trainer Start() =>
        Trainer.Start(Corpus.Load(_data.File("text.txt"), CorpusKind.Text), GptPresets.Llama(1) with { Layers = 1, Heads = 2, Width = 8, ContextLength = 8 }, s_options, Device.Default);

    private void Train(Trainer trainer, int stopBehind = int.MaxValue)
    {
        using var log = JsonLinesLog.Open(_folder.Path, trainer);
        using var stop = new Observer(stopBehind);
        stop.Watch(trainer, _folder.Path, log);
    }

    private JsonElement[] Events(string? folder = null) =>
        [.. File.ReadLines(Path.Combine(folder ?? _folder.Path, JsonLinesLog.FileName)).Select(line => JsonDocument.Parse(line).RootElement)];

    private (int, double, double)[] Steps() =>
    [
        .. Events().Where(said => Name(said) == "step")
            .Select(said => (said.GetProperty("step").GetInt32(), said.GetProperty("loss").GetDouble(), said.GetProperty("gradient_norm").GetDouble())),
    ];

    private static string Name(JsonElement said) => said.GetProperty("event").GetString()!;
}
