using System.Text.Json;

namespace MicroGpt.Cli.Tests.Commands;

public sealed class EvalCommandTests(EvalCommandTests.TinyChatModel chat) : IClassFixture<EvalCommandTests.TinyChatModel>
{
    [Fact]
    public void Every_skill_of_the_curriculum_gets_a_score()
    {
        var (code, output, error) = Run("--most", "3", "--mistakes", "1");
        Assert.Equal((0, ""), (code, error));
        foreach (var line in (string[])["stories ", "identity ", "passages ", "  said ", "  not said ", "world-questions-zh "])
            Assert.Contains("\n" + line, "\n" + output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("bits a byte", output, StringComparison.Ordinal);
        Assert.Contains("   instead of   I ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_read_json()
    {
        var (code, output, error) = Run("--skills", "stories,tools", "--json", "--save", chat.Folder.File("scores.json"));
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(output, File.ReadAllText(chat.Folder.File("scores.json")));
        using var json = JsonDocument.Parse(output);
        var tools = json.RootElement.GetProperty("skills").GetProperty("tools");
        Assert.Equal(5, tools.GetProperty("count").GetInt32());
        Assert.Equal(tools.GetProperty("right").GetInt32() / 5.0, tools.GetProperty("score").GetDouble());
        Assert.InRange(tools.GetProperty("score").GetDouble(), tools.GetProperty("low").GetDouble(), tools.GetProperty("high").GetDouble());
        Assert.InRange(json.RootElement.GetProperty("bits_per_byte").GetProperty("stories").GetDouble(), 1, 20);
        Assert.Equal(8, json.RootElement.GetProperty("step").GetInt32());
    }

    [Fact]
    public void What_can_not_be_is_refused_in_a_sentence()
    {
        Refused("There is no skill \"cooking\"", "--skills", "cooking");
        Refused("--most must be at least 1", "--most", "0");
        Refused("--mistakes at least 0", "--mistakes", "-1");
        Refused("--samples must be from 1", "--samples", "0");
        Refused("temperature 0", "--samples", "2", "--temperature", "0");
        Refused("--pass takes numbers from 1 to the number of samples, 2", "--samples", "2", "--pass", "1,3");
        Refused("no kind of task", "--task-kind", "essay");
        var nowhere = CommandLine.Run("eval", "--model", chat.Model, "--curriculum", chat.Folder.File("nowhere"));
        Assert.Contains("holds no curriculum", nowhere.Error, StringComparison.Ordinal);
        CommandLine.Run(CommandLine.Train("names", chat.Folder.File("names"), "--data-as", "lines"));
        var names = CommandLine.Run("eval", "--model", chat.Folder.File("names"), "--curriculum", chat.Curriculum, "--skills", "identity");
        Assert.Equal(1, names.Code);
        Assert.Contains("it can't be talked to", names.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Anyones_tasks_are_asked_and_several_replies_counted()
    {
        var tasks = chat.Folder.File("tasks");
        Directory.CreateDirectory(tasks);
        File.WriteAllText(Path.Combine(tasks, "animals.jsonl"), """
            {"query": "The camel was", "choices": ["hungry", "a quarry"], "gold": 0}
            {"query": "The cat was", "choices": ["seven", "happy"], "gold": 1}
            """);
        File.WriteAllText(Path.Combine(tasks, "sums.jsonl"), """{"prompt": "1 + 1?", "accepted": ["2"], "rule": "number"}""");
        var (code, output, error) = CommandLine.Run("eval", "--model", chat.Model, "--tasks", tasks, "--shots", "0", "--mistakes", "2", "--max-tokens", "3", "--samples", "4", "--pass", "1,4");
        Assert.Equal((0, ""), (code, error));
        foreach (var text in (string[])["animals ", "  above chance", "chance 50.0%", "sums ", "  pass@1 ", "  pass@4 ", "mean above chance"])
            Assert.Contains(text, output, StringComparison.Ordinal);
        Assert.DoesNotContain("stories", output, StringComparison.Ordinal); // the curriculum was not asked for

        using var json = JsonDocument.Parse(CommandLine.Run("eval", "--model", chat.Model, "--tasks", tasks, "--max-tokens", "3", "--json").Output);
        var animals = json.RootElement.GetProperty("tasks").GetProperty("animals");
        Assert.Equal(animals.GetProperty("score").GetDouble() * 2 - 1, animals.GetProperty("centred").GetProperty("value").GetDouble(), 1e-12);
        Assert.Equal(
            (animals.GetProperty("centred").GetProperty("value").GetDouble() + json.RootElement.GetProperty("tasks").GetProperty("sums").GetProperty("score").GetDouble()) / 2,
            json.RootElement.GetProperty("core").GetProperty("value").GetDouble(), 1e-12);
    }

    [Fact]
    public void Texts_are_predicted()
    {
        var text = chat.Folder.File("text.txt");
        File.WriteAllText(text, "The camel was hungry.");
        var (code, output, error) = CommandLine.Run("eval", "--model", chat.Model, "--text", text);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("bits a byte, perplexity", output, StringComparison.Ordinal);
    }

    private void Refused(string message, params string[] options)
    {
        var (code, output, error) = Run(options);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private Outcome Run(params string[] options) =>
        CommandLine.Run(["eval", "--model", chat.Model, "--curriculum", chat.Curriculum, "--threads", "1", .. options]);

    /// <summary>A chat model of a few steps, and the smallest curriculum.</summary>
    public sealed class TinyChatModel : IDisposable
    {
        public TinyChatModel()
        {
            Run("data", "curriculum", "--size", "100KB", "--out", Curriculum);
            var conversations = Path.Combine(Curriculum, "conversations", "train");
            Run("tokenizer", "train", "--data", conversations, "--vocab-size", "300", "--pattern", "nanochat", "--out", Folder.File("tokenizer"));
            Run("data", "prepare", "--input", conversations, "--tokenizer", Folder.File("tokenizer"), "--chat-template", "nanochat", "--out", Folder.File("data"));
            Run(
                "train", "--data", Folder.File("data"), "--out", Model, "--preset", "llama", "--layers", "1", "--heads", "2", "--width", "8",
                "--context", "128", "--batch", "1", "--steps", "8", "--threads", "1");
        }

        internal TemporaryFolder Folder { get; } = new();

        public string Model => Folder.File("model");

        public string Curriculum => Folder.File("curriculum");

        public void Dispose() => Folder.Dispose();

        private static void Run(params string[] args) => Assert.Equal((0, ""), CommandLine.Run(args) is var (code, _, error) ? (code, error) : default);
    }
}
