namespace MicroGpt.Cli.Tests.Commands;

public sealed class FineTuneCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _data;

    public FineTuneCommandTests()
    {
        (_model, _data) = (_folder.File("model"), _folder.File("more.jsonl"));
        Assert.Equal(0, CommandLine.Run(CommandLine.Train("names", _model, "--data-as", "lines")).Code);
        File.WriteAllText(_data, string.Concat(Enumerable.Repeat("{\"text\":\"anna\"}\n{\"text\":\"berta\"}\n", 40)));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_adapter_is_trained_stopped_resumed_used_and_merged()
    {
        var (adapter, merged) = (_folder.File("adapter"), _folder.File("merged"));
        var first = FineTune(adapter, "--lora", "--rank", "2", "--steps", "6");
        Assert.Equal((0, ""), (first.Code, first.Error));
        Assert.Contains("Adapter: ", first.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(adapter, "adapter_model.safetensors")));
        var more = CommandLine.Run("finetune", "--resume", "--out", adapter, "--steps", "9", "--threads", "1");
        Assert.Equal((0, ""), (more.Code, more.Error));
        Assert.Contains("Resumed after step 6.", more.Output, StringComparison.Ordinal);
        var merge = CommandLine.Run("merge", "--model", adapter, "--out", merged);
        Assert.Equal((0, ""), (merge.Code, merge.Error));
        var sample = (string[])["--count", "3", "--temperature", "0.01", "--seed", "3"];
        Assert.Equal(
            CommandLine.Run(["sample", "--model", adapter, .. sample]).Output, CommandLine.Run(["sample", "--model", merged, .. sample]).Output);
    }

    [Fact]
    public void Without_an_adapter_the_new_model_is_a_model_and_the_old_one_stays()
    {
        var before = File.ReadAllBytes(Path.Combine(_model, "model.safetensors"));
        var (code, output, error) = FineTune(_folder.File("new"), "--epochs", "0.5");
        Assert.Equal((0, ""), (code, error));
        Assert.DoesNotContain("Adapter: ", output, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("sample", "--model", _folder.File("new"), "--count", "1").Code);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(_model, "model.safetensors")));
    }

    [Fact]
    public void What_can_not_be_is_told_in_a_sentence()
    {
        Refused("say --lora too", FineTune(_folder.File("x"), "--rank", "4"));
        Refused("regular expression", FineTune(_folder.File("x"), "--lora", "--targets", "(q"));
        Refused("has no linear map called query", FineTune(_folder.File("x"), "--lora", "--targets", "query"));
        Refused("already holds a model", FineTune(_model, "--lora"));
        Refused("another folder", FineTune(_model, "--lora", "--overwrite"));
        Refused("Say it with --model", CommandLine.Run("finetune", "--data", _data, "--out", _folder.File("x")));
        Refused("Say it with --data", CommandLine.Run("finetune", "--model", _model, "--out", _folder.File("x")));
        Refused("leave out --lora", CommandLine.Run("finetune", "--resume", "--lora", "--out", _folder.File("x")));
        Refused("nothing to merge", CommandLine.Run("merge", "--model", _model, "--out", _folder.File("x")));
    }

    private static void Refused(string message, Outcome outcome)
    {
        Assert.Equal(1, outcome.Code);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    private Outcome FineTune(string folder, params string[] options) =>
        CommandLine.Run(["finetune", "--model", _model, "--data", _data, "--out", folder, "--batch", "2", "--threads", "1", "--plain", .. options]);
}
