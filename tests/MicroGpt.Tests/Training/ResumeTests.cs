using System.Text.Json.Nodes;
using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>A run that was stopped and resumed is the run that was not, byte for byte: weights, moments, random numbers, losses.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(CorpusKind.Text)]
    [InlineData(CorpusKind.Lines)]
    public void A_run_stopped_anywhere_and_resumed_equals_the_uninterrupted_one(CorpusKind kind)
    {
        var data = TinyModels.WriteData(_folder, kind);
        var whole = _folder.File("whole");
        Run(TinyModels.Start(data, kind, _device), whole);
        using var otherThreads = Device.Cpu(threads: 2);
        for (var stop = 0; stop < TinyModels.Options.Steps; stop++)
        {
            var folder = _folder.File($"stopped-{stop}");
            Assert.False(Run(TinyModels.Start(data, kind, _device), folder, stop));
            var resumed = Trainer.Resume(folder, otherThreads);
            Assert.Equal(stop, resumed.Step);
            Assert.True(Run(resumed, folder));
            AssertSame(whole, folder);
        }
    }

    [Theory]
    [InlineData(CorpusKind.Text)]
    [InlineData(CorpusKind.Lines)]
    public void So_does_a_run_that_accumulates_and_recomputes(CorpusKind kind) =>
        StopAndResume(kind, TinyModels.Options with { BatchSize = 2, AccumulationSteps = 3, Recompute = true });

    [Fact]
    public void So_does_one_with_plain_Muon() => StopAndResume(CorpusKind.Text, TinyModels.Options with { Optimizer = OptimizerKind.Muon });

    [Fact]
    public void So_does_one_with_nanochats_optimizer() => StopAndResume(CorpusKind.Text, TinyModels.Options.ForNanochat());

    private void StopAndResume(CorpusKind kind, TrainerOptions options)
    {
        var data = TinyModels.WriteData(_folder, kind);
        Run(TinyModels.Start(data, kind, _device, options), _folder.File("whole"));
        foreach (var stop in (int[])[0, 1, 7])
        {
            var folder = _folder.File($"stopped-{stop}");
            Run(TinyModels.Start(data, kind, _device, options), folder, stop);
            var resumed = Trainer.Resume(folder, _device);
            Assert.Equal(options, resumed.Options);
            Assert.True(Run(resumed, folder));
            AssertSame(_folder.File("whole"), folder);
        }
    }

    [Fact]
    public void Recomputing_may_be_chosen_anew_and_changes_no_number()
    {
        var folder = Checkpoint();
        var (with, without) = (Trainer.Resume(folder, _device, recompute: true), Trainer.Resume(folder, _device));
        Assert.True(with.Options.Recompute);
        Assert.False(without.Options.Recompute);
        for (var step = 0; step < 3; step++)
            Assert.Equal(without.TrainStep(), with.TrainStep());
        with.Save(folder);
        Assert.True(Trainer.Resume(folder, _device).Options.Recompute);
        Assert.False(Trainer.Resume(folder, _device, recompute: false).Options.Recompute);
    }

    [Fact]
    public void Stopped_after_every_step_it_is_still_the_same_run()
    {
        var data = TinyModels.WriteData(_folder, CorpusKind.Text);
        Run(TinyModels.Start(data, CorpusKind.Text, _device), _folder.File("whole"));
        var folder = _folder.File("stopped");
        Run(TinyModels.Start(data, CorpusKind.Text, _device), folder, stop: 0);
        for (var step = 1; step <= TinyModels.Options.Steps; step++)
            Assert.Equal(step == TinyModels.Options.Steps, Run(Trainer.Resume(folder, _device), folder, step));
        AssertSame(_folder.File("whole"), folder);
    }

    [Fact]
    public void What_was_done_after_the_last_checkpoint_is_done_again()
    {
        var data = TinyModels.WriteData(_folder, CorpusKind.Text);
        Run(TinyModels.Start(data, CorpusKind.Text, _device), _folder.File("whole"));
        var killed = TinyModels.Start(data, CorpusKind.Text, _device, TinyModels.Options);
        for (var i = 0; i < 9; i++)
        {
            killed.TrainStep();
            if (killed.Step == 4)
                killed.Log.SetValidation(killed.Validate()!.Value);
            if (killed.Step == 5)
                killed.Save(_folder.File("killed"));
        }

        var resumed = Trainer.Resume(_folder.File("killed"), _device);
        Assert.Equal(5, resumed.Step);
        Run(resumed, _folder.File("killed"));
        AssertSame(_folder.File("whole"), _folder.File("killed"));
    }

    [Fact]
    public void More_steps_may_be_asked_for()
    {
        var folder = Checkpoint();
        var resumed = Trainer.Resume(folder, _device, steps: 20);
        Assert.Equal(20, resumed.Options.Steps);
        Assert.True(Run(resumed, folder));
        Assert.Equal(20, ModelCheckpoint.Load(folder, _device).Step);
        Assert.Equal(Enumerable.Range(1, 20), LossLog.Load(folder, 20, Measures.OfLoss).Records.Select(record => record.Step));
    }

    [Fact]
    public void Changed_data_is_refused_and_moved_data_found()
    {
        var folder = Checkpoint();
        var data = _folder.File("Text.txt");
        File.Move(data, _folder.File("moved.txt"));
        Assert.ThrowsAny<IOException>(() => Trainer.Resume(folder, _device));
        Assert.Equal(6, Trainer.Resume(folder, _device, data: _folder.File("moved.txt")).Step);
        File.WriteAllText(data, TinyModels.Text + "!");
        var error = Assert.Throws<InvalidDataException>(() => Trainer.Resume(folder, _device));
        Assert.Contains("is not what the run in", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_its_training_state_a_model_can_not_be_resumed()
    {
        var folder = Checkpoint();
        File.Delete(State(folder));
        var error = Assert.ThrowsAny<IOException>(() => Trainer.Resume(folder, _device));
        Assert.Contains("can't be resumed: training-00000006.safetensors is missing", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("step", 7)]
    [InlineData("batches", null)]
    [InlineData("options", null)]
    [InlineData("data", null)]
    [InlineData("random", null)]
    [InlineData("data", "")]
    [InlineData("data_kind", "x")]
    [InlineData("data_kind", 17)]
    public void A_damaged_training_state_is_told_as_such(string key, object? value)
    {
        var folder = Checkpoint();
        ChangeState(folder, json => json[key] = value is null ? null : JsonValue.Create(value));
        var error = Assert.Throws<InvalidDataException>(() => Trainer.Resume(folder, _device));
        Assert.Contains("is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_deeper_within_is_told_too()
    {
        foreach (var change in (Action<JsonNode>[])
            [json => json["options"]!["batch_size"] = 0, json => json["options"]!["accumulation_steps"] = 0, json => json["random"]!["words"] = new JsonArray(1, 2), json => json["random"]!["next"] = 625,
                json => json["batches"]!["position"] = -1, json => json["batches"]!["waiting"] = new JsonArray(1),
                json => json["batches"]!.AsObject().Remove("waiting"), json => json["batches"]!.AsObject().Remove("position")])
        {
            var folder = Checkpoint();
            ChangeState(folder, change);
            Assert.Throws<InvalidDataException>(() => Trainer.Resume(folder, _device));
        }
    }

    [Fact]
    public void Old_states_and_rests_of_interrupted_writes_go_with_the_next_checkpoint()
    {
        var folder = Checkpoint();
        File.WriteAllText(Path.Combine(folder, "training-00000003.safetensors"), "old");
        File.WriteAllText(Path.Combine(folder, "model.safetensors.tmp"), "half");
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "mine");
        Run(Trainer.Resume(folder, _device), folder);
        Assert.Equal(
            ["config.json", "generation_config.json", "loss.csv", "model.safetensors", "notes.txt", "tokenizer.json", "tokenizer_config.json", "training-00000012.safetensors"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_run_can_move_to_another_folder_and_replaces_what_was_there()
    {
        var data = TinyModels.WriteData(_folder, CorpusKind.Text);
        var other = Trainer.Start(Corpus.Load(data, CorpusKind.Text), TinyModels.Config() with { Width = 8 }, TinyModels.Options, _device);
        Run(other, _folder.File("other"));
        var resumed = Trainer.Resume(Checkpoint(), _device);
        Run(resumed, _folder.File("other"));
        Assert.Equal(4, ((GptConfig)ModelCheckpoint.Load(_folder.File("other"), _device).Model.Config).Width);
        Assert.Equal(12, Trainer.Resume(_folder.File("other"), _device).Step);
    }

    [Fact]
    public void On_a_full_disk_the_previous_checkpoint_stays_whole()
    {
        using var disk = new FullDisk();
        foreach (var file in (string[])["training-00000010.safetensors", "loss.csv", "model.safetensors"])
        {
            var folder = Checkpoint();
            var trainer = Trainer.Resume(folder, _device);
            FullDisk.Hold(Path.Combine(folder, file + AtomicFile.TemporarySuffix));
            var error = Assert.Throws<IOException>(() => Run(trainer, folder));
            Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
            var again = Trainer.Resume(folder, _device);
            Assert.Equal(6, again.Step);
            Assert.True(Run(again, folder));
        }
    }

    private static string State(string folder) => Directory.GetFiles(folder, "training-*").Single();

    private static bool Run(Trainer trainer, string folder, int stop = int.MaxValue)
    {
        using var observer = new Observer(stop);
        return observer.Watch(trainer, folder);
    }

    /// <summary>A run of which six steps of twelve are done.</summary>
    private string Checkpoint()
    {
        var folder = _folder.File("checkpoint-" + Guid.NewGuid());
        Run(TinyModels.Start(TinyModels.WriteData(_folder, CorpusKind.Text), CorpusKind.Text, _device), folder, stop: 6);
        return folder;
    }

    private void ChangeState(string folder, Action<JsonNode> change)
    {
        var trainer = Trainer.Resume(folder, _device);
        var path = State(folder);
        string text;
        using (var file = SafeTensorsFile.Open(path))
            text = file.Metadata["training"];
        var json = JsonNode.Parse(text)!;
        change(json);
        SafeTensorsWriter.Write(path, trainer.Model.Parameters, new Dictionary<string, string> { ["training"] = json.ToJsonString() });
    }

    private static void AssertSame(string expected, string actual)
    {
        var names = Directory.GetFiles(expected).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(names, Directory.GetFiles(actual).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var name in names)
            Assert.True(
                File.ReadAllBytes(Path.Combine(expected, name!)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(actual, name!))),
                $"{name} differs.");
    }
}
