using System.Text.RegularExpressions;

namespace MicroGpt.Cli.Tests;

/// <summary>What people see, approved: help, a training run as plain lines, a model's description, samples.</summary>
public sealed partial class SnapshotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Help() => Matches("help", CommandLine.Run("--help"));

    [Fact]
    public void Help_of_train() => Matches("train-help", CommandLine.Run("train", "--help"));

    [Fact]
    public void Help_of_chat() => Matches("chat-help", CommandLine.Run("chat", "--help"));

    [Fact]
    public void Help_of_align() => Matches("align-help", CommandLine.Run("align", "--help"));

    [Fact]
    public void Help_of_finetune() => Matches("finetune-help", CommandLine.Run("finetune", "--help"));

    [Fact]
    public void Help_of_merge() => Matches("merge-help", CommandLine.Run("merge", "--help"));

    [Fact]
    public void Help_of_sample() => Matches("sample-help", CommandLine.Run("sample", "--help"));

    [Fact]
    public void Help_of_speedrun() => Matches("speedrun-help", CommandLine.Run("speedrun", "--help"));

    [Fact]
    public void Help_of_eval() => Matches("eval-help", CommandLine.Run("eval", "--help"));

    [Fact]
    public void Help_of_report() => Matches("report-help", CommandLine.Run("report", "--help"));

    [Fact]
    public void Help_of_info() => Matches("info-help", CommandLine.Run("info", "--help"));

    [Fact]
    public void Help_of_names() => Matches("names-help", CommandLine.Run("names", "--help"));

    [Theory]
    [InlineData("")]
    [InlineData("train")]
    [InlineData("encode")]
    [InlineData("decode")]
    [InlineData("eval")]
    public void Help_of_tokenizer(string command) => Matches(
        command.Length == 0 ? "tokenizer-help" : $"tokenizer-{command}-help",
        CommandLine.Run(["tokenizer", .. command.Length == 0 ? [] : (string[])[command], "--help"]));

    [Theory]
    [InlineData("import")]
    [InlineData("export")]
    [InlineData("convert")]
    [InlineData("diff")]
    [InlineData("logits")]
    public void Help_of_what_reads_and_writes_models(string command) => Matches(command + "-help", CommandLine.Run(command, "--help"));

    [Fact]
    public void Help_of_data() => Matches("data-help", CommandLine.Run("data", "--help"));

    [Fact]
    public void Help_of_data_download() => Matches("data-download-help", CommandLine.Run("data", "download", "--help"));

    [Fact]
    public void Help_of_data_prepare() => Matches("data-prepare-help", CommandLine.Run("data", "prepare", "--help"));

    [Fact]
    public void Help_of_data_info() => Matches("data-info-help", CommandLine.Run("data", "info", "--help"));

    [Fact]
    public void Preparing_data() => Matches("data-prepare", Prepare());

    [Fact]
    public void A_description_of_prepared_data()
    {
        Prepare();
        Matches("data-info", CommandLine.Run("data", "info", _folder.File("data"), "--verify"));
    }

    [Fact]
    public void Help_of_data_curriculum() => Matches("data-curriculum-help", CommandLine.Run("data", "curriculum", "--help"));

    [Fact]
    public void A_curriculum_written() =>
        Matches("data-curriculum", CommandLine.Run("data", "curriculum", "--size", "100KB", "--out", _folder.File("curriculum")));

    [Fact]
    public void A_training_run_as_plain_lines() => Matches("train", Train());

    [Fact]
    public void A_models_description()
    {
        Train();
        Matches("info", CommandLine.Run("info", "--model", _folder.File("model")));
    }

    [Fact]
    public void A_models_description_with_tensors()
    {
        Train();
        Matches("info-tensors", CommandLine.Run("info", "--model", _folder.File("model"), "--tensors"));
    }

    [Fact]
    public void A_llamas_description_with_tensors()
    {
        File.WriteAllText(_folder.File("text.txt"), CommandLine.Text);
        CommandLine.Run(CommandLine.Train(_folder.File("text.txt"), _folder.File("model"), "--preset", "llama", "--kv-heads", "1"));
        Matches("info-llama", CommandLine.Run("info", "--model", _folder.File("model"), "--tensors"));
    }

    [Fact]
    public void A_description_of_a_model_yet_to_be() =>
        Matches("info-preset", CommandLine.Run("info", "--preset", "gpt2", "--batch", "1"));

    [Fact]
    public void A_nanochats_description() =>
        Matches(
            "info-nanochat",
            CommandLine.Run("info", "--preset", "nanochat", "--depth", "6", "--head-size", "64", "--vocab", "32768", "--context", "512"));

    [Fact]
    public void An_lstms_description() =>
        Matches("info-lstm", CommandLine.Run("info", "--preset", "lstm", "--vocab", "65", "--tensors"));

    [Fact]
    public void Samples_of_a_text()
    {
        Train();
        Matches("sample", CommandLine.Run("sample", "--model", _folder.File("model"), "--prompt", "the ", "--max-tokens", "40", "--count", "2"));
    }

    [Fact]
    public void Samples_of_documents()
    {
        CommandLine.Run(CommandLine.Train("names", _folder.File("model"), "--data-as", "lines"));
        Matches("sample-names", CommandLine.Run("sample", "--model", _folder.File("model"), "--count", "3", "--temperature", "0.5"));
    }

    private Outcome Train()
    {
        File.WriteAllText(_folder.File("text.txt"), CommandLine.Text);
        return CommandLine.Run(CommandLine.Train(_folder.File("text.txt"), _folder.File("model")));
    }

    private Outcome Prepare()
    {
        // Any model's folder has a tokenizer.
        CommandLine.Run(CommandLine.Train("names", _folder.File("model"), "--data-as", "lines"));
        return CommandLine.Run("data", "prepare", "--input", "names", "--tokenizer", _folder.File("model"), "--out", _folder.File("data"), "--threads", "1");
    }

    private void Matches(string name, Outcome outcome)
    {
        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.Code);
        var text = outcome.Output.Replace(_folder.Path, "FOLDER", StringComparison.Ordinal);
        text = Speed().Replace(text, "SPEED tokens/s | TIME left");
        text = Rate().Replace(text, "SPEED tokens/s");
        text = Machine().Replace(text, "MACHINE");
        text = Workspace().Replace(text, "BYTES");
        Approved.Matches($"tests/MicroGpt.Cli.Tests/Snapshots/{name}", text);
    }

    [GeneratedRegex(@"[\d,]+ tokens/s \| [\d:]+ left")]
    private static partial Regex Speed();

    [GeneratedRegex(@"[\d,]+ tokens/s$", RegexOptions.Multiline)]
    private static partial Regex Rate();

    [GeneratedRegex("CPU, .*")]
    private static partial Regex Machine();

    // It depends on the processor and its number of cores, and so do the sums with it.
    [GeneratedRegex("[0-9.]+ [KMG]iB(?= of workspace| of memory| in batches| with --recompute)")]
    private static partial Regex Workspace();
}
