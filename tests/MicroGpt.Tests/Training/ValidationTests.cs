using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Evaluation;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>Judging on the way: bits a byte, and the best model kept.</summary>
public sealed class ValidationTests : IDisposable
{
    private static readonly GptConfig s_config = GptPresets.Llama(1) with { Layers = 1, Heads = 2, Width = 8, ContextLength = 64 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bits_a_byte_are_those_of_the_evaluation_of_documents_where_special_tokens_do_not_count()
    {
        // Of documents: each a row behind its start, its end a target that is no text.
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"nämé{i % 10}{new string('x', i % 7)}")];
        var corpus = Corpus.FromText("names", string.Join('\n', names), CorpusKind.Lines);
        var options = new TrainerOptions { Steps = 2, BatchSize = 3, WarmupSteps = 1, ValidationFraction = 0.25, LearningRate = 0.01 };
        var trainer = Trainer.Start(corpus, s_config with { ContextLength = 12 }, options, Device.Default);
        trainer.TrainStep();

        var score = trainer.Validate()!.Value;

        var validation = Enumerable.Range(0, (int)trainer.Tokens.Validation.DocumentCount)
            .Select(i => trainer.Tokenizer.Decode(Document(trainer, i))).ToArray();
        Assert.Equal(10, validation.Length);
        Assert.Equal(BitsPerByte.Of(trainer.Model, trainer.Tokenizer, validation, TestContext.Current.CancellationToken), score.BitsPerByte!.Value, 1e-5);
    }

    [Fact]
    public void Of_one_text_bits_a_byte_are_the_loss_in_other_units()
    {
        var trainer = Start(new TrainerOptions { Steps = 2, BatchSize = 2, WarmupSteps = 1 });
        var score = trainer.Validate()!.Value;
        Assert.Equal(score.Loss / Math.Log(2), score.BitsPerByte!.Value, 1e-6); // letters of one byte
    }

    [Fact]
    public void The_best_model_is_kept_and_a_resumed_run_keeps_the_same()
    {
        // The rate is far too high in the end: the last model is not the best.
        var options = new TrainerOptions { Steps = 24, BatchSize = 2, WarmupSteps = 40, LearningRate = 3, EvaluationInterval = 4, SaveInterval = 5, KeepBest = true, Decay = LearningRateDecay.Constant };
        Watch(Start(options), "whole");
        var losses = Trainer.Resume(_folder.File("whole"), Device.Default, steps: 25).Log.Records.Where(record => record.ValidationLoss is not null).ToArray();
        var best = losses.MinBy(record => record.ValidationLoss)!;
        Assert.True(best.Step < 24, string.Join(' ', losses.Select(record => record.ValidationLoss)));
        var kept = ModelCheckpoint.Load(Path.Combine(_folder.File("whole"), Trainer.BestFolder), Device.Default);
        Assert.Equal(best.Step, kept.Step);

        Watch(Start(options), "parts", stopBehind: best.Step + 1);
        Watch(Trainer.Resume(_folder.File("parts"), Device.Default), "parts");
        foreach (var file in (string[])["model.safetensors", "config.json", "tokenizer.json"])
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(_folder.File("whole"), Trainer.BestFolder, file)),
                File.ReadAllBytes(Path.Combine(_folder.File("parts"), Trainer.BestFolder, file)));

        Watch(Start(options with { KeepBest = false }), "parts"); // another run in the same folder
        Assert.False(ModelCheckpoint.Exists(Path.Combine(_folder.File("parts"), Trainer.BestFolder)));
    }

    [Fact]
    public void A_run_ends_when_its_patience_does_and_a_resumed_one_at_the_same_step()
    {
        // As above: from some step on nothing gets better.
        var options = new TrainerOptions { Steps = 400, BatchSize = 2, WarmupSteps = 40, LearningRate = 3, EvaluationInterval = 4, SaveInterval = 5, Patience = 3, Decay = LearningRateDecay.Constant };
        var whole = Start(options);
        Watch(whole, "whole");
        Assert.True(whole.IsOutOfPatience);
        Assert.Equal(whole.Best!.Step + 3 * 4, whole.Step);
        Assert.All(whole.Log.Records, record => Assert.False(record.ValidationLoss < whole.Best.ValidationLoss));

        Watch(Start(options), "parts", stopBehind: whole.Best.Step + 5); // between the evaluations that count
        Watch(Trainer.Resume(_folder.File("parts"), Device.Default), "parts");
        foreach (var file in Directory.GetFiles(_folder.File("whole")))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder.File("parts"), Path.GetFileName(file))));

        var ended = Trainer.Resume(_folder.File("parts"), Device.Default);
        Watch(ended, "parts");
        Assert.Equal(whole.Step, ended.Step);
        var more = Trainer.Resume(_folder.File("parts"), Device.Default, patience: 4);
        Watch(more, "parts", stopBehind: ended.Step + 1);
        Assert.True(more.Step > whole.Step);
    }

    private Trainer Start(TrainerOptions options)
    {
        var path = _folder.File("text.txt");
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("the quick brown fox jumps over the lazy dog\n", 40)));
        return Trainer.Start(Corpus.Load(path, CorpusKind.Text), s_config, options, Device.Default);
    }

    private void Watch(Trainer trainer, string folder, int stopBehind = int.MaxValue)
    {
        using var observer = new Observer(stopBehind);
        observer.Watch(trainer, _folder.File(folder));
    }

    private static int[] Document(Trainer trainer, int index)
    {
        var ids = new int[trainer.Tokens.Validation.LengthOf(index)];
        trainer.Tokens.Validation.Read(trainer.Tokens.Validation.StartOf(index), ids);
        return ids;
    }
}
