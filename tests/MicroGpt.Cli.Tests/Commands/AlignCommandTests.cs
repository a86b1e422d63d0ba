using System.Text.RegularExpressions;

namespace MicroGpt.Cli.Tests.Commands;

public sealed partial class AlignCommandTests(EvalCommandTests.TinyChatModel chat) : IClassFixture<EvalCommandTests.TinyChatModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rewards_are_learned_from_and_the_run_goes_on_where_it_stopped()
    {
        var first = Align("rewarded", "--skills", "arithmetic", "--steps", "2", "--prompts", "2", "--group", "2", "--max-tokens", "4", "--eval-batches", "2", "--kl", "0.1");
        Assert.Equal((0, ""), (first.Code, first.Error));
        Assert.Contains("questions of arithmetic without end, 2 others to be judged by", first.Output, StringComparison.Ordinal);
        Assert.Contains("2 prompts with 2 replies each", first.Output, StringComparison.Ordinal);
        Assert.Contains("| val reward 0.000", first.Output, StringComparison.Ordinal);
        Assert.Contains("In no group were replies rewarded differently", first.Output, StringComparison.Ordinal);
        var more = CommandLine.Run("align", "--resume", "--out", _folder.File("rewarded"), "--steps", "3", "--threads", "1", "--plain");
        Assert.Equal((0, ""), (more.Code, more.Error));
        Assert.Contains("Resumed after step 2.", more.Output, StringComparison.Ordinal);
        Assert.Equal("step,train_loss,val_reward,learning_rate,grad_norm,reward,kl,length", File.ReadLines(_folder.File("rewarded/loss.csv")).First());
        Assert.Equal(4, File.ReadLines(_folder.File("rewarded/loss.csv")).Count());
        Reports("rewarded", "| Reward | Validation reward |", "reward", "kl", "length");
    }

    [Fact]
    public void Pairs_are_learned_from_by_an_adapter()
    {
        File.WriteAllText(_folder.File("pairs.jsonl"), string.Concat(Enumerable.Repeat("{\"prompt\":\"Hi\",\"chosen\":\"Hello.\",\"rejected\":\"Go.\"}\n", 9)));
        var (code, output, error) = Align("polite", "--method", "dpo", "--data", _folder.File("pairs.jsonl"), "--lora", "--rank", "2", "--steps", "3", "--batch", "2");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("pairs to learn from", output, StringComparison.Ordinal);
        Assert.Contains("| accuracy ", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File("polite/adapter_model.safetensors")));
        Reports("polite", "| Preferred rightly | Margin, nats |", "accuracy", "margin", "loss");
    }

    [Fact]
    public void What_can_not_be_is_told_in_a_sentence()
    {
        File.WriteAllText(_folder.File("chats.jsonl"), "{\"messages\":[{\"role\":\"user\",\"content\":\"1+1?\"},{\"role\":\"assistant\",\"content\":\"2\"}]}\n");
        var data = _folder.File("chats.jsonl");
        Refused("either --data", Align("x"));
        Refused("either --data", Align("x", "--data", data, "--skills", "arithmetic"));
        Refused("no skill \"cooking\"", Align("x", "--skills", "cooking"));
        Refused("no reward \"nice\"", Align("x", "--data", data, "--reward", "nice"));
        Refused("leave out --skills", Align("x", "--method", "dpo", "--skills", "arithmetic"));
        Refused("this is no pair of replies", Align("x", "--method", "dpo", "--data", data));
        Refused("from 2 to 1,024 replies", Align("x", "--skills", "arithmetic", "--group", "1"));
        Refused("can't be started", Align("x", "--data", data, "--checker", "no-such-checker --now", "--steps", "1", "--prompts", "1", "--max-tokens", "2"));
        Refused("Say it with --model", CommandLine.Run("align", "--skills", "arithmetic", "--out", _folder.File("x")));
        Refused("leave out --kl", CommandLine.Run("align", "--resume", "--kl", "1", "--out", _folder.File("x")));
        Refused("another folder", CommandLine.Run("align", "--model", chat.Model, "--skills", "arithmetic", "--overwrite", "--out", chat.Model));
        Refused("learns from texts", CommandLine.Run("align", "--resume", "--out", chat.Model));
    }

    /// <summary>Its report shows how it learned, whether it is read from the log or from the losses: in the table and in curves of those names.</summary>
    private void Reports(string name, string columns, params string[] curves)
    {
        foreach (var file in (string[])["log.jsonl", "loss.csv"])
        {
            var path = _folder.File($"of-{file}.html");
            Assert.Equal("", CommandLine.Run("report", _folder.File(name), "--out", path).Error);
            var text = File.ReadAllText(Path.ChangeExtension(path, ".md"));
            Assert.Contains(columns, text, StringComparison.Ordinal);
            Assert.DoesNotContain("Training loss", text, StringComparison.Ordinal); // of tokens, which such a run has not
            Assert.Equal([.. curves, "rate", "norm"], Curve().Matches(text).Select(match => match.Groups[1].Value).Where(curve => curve != "speed"));
            Assert.Equal(file == "log.jsonl", text.Contains("-speed.svg", StringComparison.Ordinal));
            File.Delete(_folder.File($"{name}/log.jsonl"));
        }
    }

    private static void Refused(string message, Outcome outcome)
    {
        Assert.Equal(1, outcome.Code);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    private Outcome Align(string name, params string[] options) =>
        CommandLine.Run(["align", "--model", chat.Model, "--out", _folder.File(name), "--threads", "1", "--plain", .. options]);

    [GeneratedRegex(@"-1-([a-z]+)\.svg\)")]
    private static partial Regex Curve();
}
