using System.Text;
using MicroGpt.Alignment;
using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tests.Training;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Tests.Alignment;

/// <summary>A tiny model that can be talked to, in a folder.</summary>
internal static class AlignmentModels
{
    public static LoraConfig Lora { get; } = new() { Rank = 2, Bias = LoraBias.All };

    public static TrainerOptions Options { get; } = new()
    {
        Steps = 12,
        BatchSize = 4,
        WarmupSteps = 2,
        LearningRate = 0.01,
        WeightDecay = 0,
        EvaluationInterval = 4,
        EvaluationBatches = 4,
        SaveInterval = 5,
        ValidationFraction = 0.2,
    };

    /// <summary>Writes the model: bytes are its tokens, so that its files are small.</summary>
    public static string Write(TemporaryFolder folder, int context = 48)
    {
        var template = new NanochatTemplate();
        var tokenizer = new BpeTrainer(new BpeTrainerOptions { VocabularySize = 256 + template.SpecialTokens.Count, SpecialTokens = template.SpecialTokens })
            .Train([Encoding.UTF8.GetBytes("a b")]);
        using var device = Device.Cpu(threads: 1);
        var model = TinyModels.Create(TinyModels.Config("llama", tokenizer.VocabularySize) with { ContextLength = context }, device);
        var path = folder.File("model");
        ModelCheckpoint.SaveDescription(path, model, tokenizer, template.Jinja);
        ModelCheckpoint.SaveWeights(path, model, step: 1);
        return path;
    }

    public static bool Run(AlignmentRun run, string folder, int stop = int.MaxValue)
    {
        using var observer = new Observer(stop);
        return observer.Watch(run, folder);
    }

    /// <summary>Stops a run behind some steps, resumes it, and compares every file with the uninterrupted one's.</summary>
    public static void GoesOnExactly(TemporaryFolder folder, Func<AlignmentRun> start, Func<string, AlignmentRun> resume, bool withAdapter)
    {
        var name = withAdapter ? "adapter" : "whole";
        Assert.True(Run(start(), folder.File(name)));
        foreach (var stop in (int[])[0, 1, 7])
        {
            var stopped = folder.File($"{name}-{stop}");
            Assert.False(Run(start(), stopped, stop));
            Assert.True(Run(resume(stopped), stopped));
            foreach (var file in Directory.GetFiles(folder.File(name)))
                Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(stopped, Path.GetFileName(file))));
        }
    }
}
