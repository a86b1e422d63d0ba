namespace MicroGpt.Cli.Tests.Commands;

/// <summary>Stopping, going on and starting anew.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public TrainCommandTests()
    {
        _data = _folder.File("text.txt");
        File.WriteAllText(_data, CommandLine.Text);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Model:")]      // before the first step
    [InlineData("step      1")]
    [InlineData("step      4")]
    [InlineData("val loss")]
    [InlineData("step      7")]
    public void Stopped_by_Ctrl_C_and_resumed_a_run_has_the_same_bytes(string line)
    {
        Assert.Equal(0, CommandLine.Run(CommandLine.Train(_data, _folder.File("whole"))).Code);
        var folder = _folder.File("stopped");
        var (code, output, error) = CommandLine.Run(
            written => written.Contains(line, StringComparison.Ordinal), CommandLine.Train(_data, folder));
        Assert.Equal((130, ""), (code, error));
        Assert.EndsWith($" of 8; everything is saved. Go on with:\n  microgpt train --resume --out {folder}\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);

        Assert.Equal(0, CommandLine.Run("train", "--resume", "--out", folder).Code);
        CommandLine.AssertSame(CommandLine.Files(_folder.File("whole")), CommandLine.Files(folder));
    }

    [Fact]
    public void A_llama_is_trained_stopped_resumed_and_sampled_from_like_any_other()
    {
        string[] whole = CommandLine.Train(_data, _folder.File("whole"), "--preset", "llama", "--kv-heads", "1");
        Assert.Equal(0, CommandLine.Run(whole).Code);
        var folder = _folder.File("stopped");
        CommandLine.Run(
            written => written.StartsWith("step      4", StringComparison.Ordinal),
            CommandLine.Train(_data, folder, "--preset", "llama", "--kv-heads", "1"));
        Assert.Equal(0, CommandLine.Run("train", "--resume", "--out", folder).Code);
        CommandLine.AssertSame(CommandLine.Files(_folder.File("whole")), CommandLine.Files(folder));

        // Longer than the context of 8, so that the sequence slides.
        var (code, output, error) = CommandLine.Run("sample", "--model", folder, "--prompt", "the ", "--max-tokens", "30");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("the ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_a_space_is_quoted_in_what_to_type()
    {
        var (_, output, _) = CommandLine.Run(
            written => written.StartsWith("Model:", StringComparison.Ordinal), CommandLine.Train(_data, _folder.File("my model")));
        Assert.Contains($"--out \"{_folder.File("my model")}\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_run_says_where_it_is()
    {
        CommandLine.Run(written => written.StartsWith("step      2", StringComparison.Ordinal), CommandLine.Train(_data, _folder.File("model")));
        var (code, output, _) = CommandLine.Run("train", "--resume", "--out", _folder.File("model"), "--steps", "12");
        Assert.Equal(0, code);
        Assert.Contains("Resumed after step 2.", output, StringComparison.Ordinal);
        Assert.Contains("step     12 / 12", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_out_of_patience_says_so_and_goes_on_with_more()
    {
        var folder = _folder.File("model");
        // Without a learning rate nothing gets better than at the first evaluation.
        var (code, output, error) = CommandLine.Run([.. CommandLine.Train(_data, folder, "--patience", "1").Select(word => word switch { "0.01" => "0", "4" => "2", _ => word })]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Ended after step 4 of 8, out of patience: after step 2 nothing was better.", output, StringComparison.Ordinal);
        Assert.EndsWith("--patience 2\n", CommandLine.Run("train", "--resume", "--out", folder).Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        (code, output, _) = CommandLine.Run("train", "--resume", "--out", folder, "--patience", "2");
        Assert.Equal(0, code);
        Assert.Contains("Ended after step 6 of 8", output, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("train", "--resume", "--out", folder, "--patience", "0").Code);
        Assert.Equal(9, File.ReadLines(Path.Combine(folder, "loss.csv")).Count());
    }

    [Fact]
    public void Overwrite_starts_anew_and_leaves_nothing_of_the_old_model()
    {
        var folder = _folder.File("model");
        CommandLine.Run(CommandLine.Train(_data, folder, "--kv-heads", "1"));
        Assert.Equal(0, CommandLine.Run(CommandLine.Train(_data, folder, "--overwrite")).Code);
        CommandLine.Run(CommandLine.Train(_data, _folder.File("fresh")));
        CommandLine.AssertSame(CommandLine.Files(_folder.File("fresh")), CommandLine.Files(folder));
    }

    [Fact]
    public void Until_the_new_run_saves_the_old_model_is_there()
    {
        var folder = _folder.File("model");
        CommandLine.Run(CommandLine.Train(_data, folder));
        var before = CommandLine.Files(folder);
        var seen = 0;
        CommandLine.Run(
            written =>
            {
                if (written.StartsWith("step      2", StringComparison.Ordinal))
                {
                    seen++;
                    CommandLine.AssertSame(before, CommandLine.Files(folder));
                }

                return false;
            },
            CommandLine.Train(_data, folder, "--kv-heads", "1", "--overwrite"));
        Assert.Equal(1, seen);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_one_others()
    {
        string[] seeds = ["7", "7", "8"];
        var models = seeds.Select((seed, i) =>
        {
            var folder = _folder.File($"model-{i}");
            Assert.Equal(0, CommandLine.Run(CommandLine.Train(_data, folder, "--seed", seed)).Code);
            return File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
        }).ToArray();
        Assert.Equal(models[0], models[1]);
        Assert.NotEqual(models[0], models[2]);
    }

    [Fact]
    public void In_parts_or_recomputed_it_is_the_same_run()
    {
        Assert.Equal(0, CommandLine.Run(CommandLine.Train(_data, _folder.File("whole"))).Code);
        var (code, output, _) = CommandLine.Run(CommandLine.Train(_data, _folder.File("recomputed"), "--recompute"));
        Assert.Equal(0, code);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(_folder.File("whole"), "model.safetensors")),
            File.ReadAllBytes(Path.Combine(_folder.File("recomputed"), "model.safetensors")));

        (code, output, _) = CommandLine.Run(CommandLine.Train(_data, _folder.File("parts"), "--accumulate", "3"));
        Assert.Equal(0, code);
        Assert.Contains("Run:   8 steps of 3 × 2 sequences, seed 1", output, StringComparison.Ordinal);
        (code, output, _) = CommandLine.Run("train", "--resume", "--recompute", "--out", _folder.File("parts"), "--steps", "9");
        Assert.Equal(0, code);
        Assert.Contains("Run:   9 steps of 3 × 2 sequences, seed 1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_reaches_the_model()
    {
        Assert.Equal(0, CommandLine.Run(CommandLine.Train(_data, _folder.File("model"), "--kv-heads", "1", "--bias", "true")).Code);
        var (_, output, _) = CommandLine.Run("info", "--model", _folder.File("model"));
        Assert.Contains("2 of 4, 1 for keys and values", output, StringComparison.Ordinal);
        Assert.Matches(@"biases\s+yes", output);
        Assert.Matches(@"context\s+8 tokens", output);
    }
}
