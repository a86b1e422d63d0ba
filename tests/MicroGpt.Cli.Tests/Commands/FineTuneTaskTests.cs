namespace MicroGpt.Cli.Tests.Commands;

/// <summary>Tasks that people know by name, and conversations that are longer than the model's context.</summary>
public sealed class FineTuneTaskTests(EvalCommandTests.TinyChatModel chat) : IClassFixture<EvalCommandTests.TinyChatModel>
{
    [Theory]
    [InlineData("sentiment", "text,label\nGood,Positive.\nBad,Negative.\n")]
    [InlineData("summarize", "text,summary\nIt rained and rained,It rained.\nThe sun shone,Sun.\n")]
    [InlineData("qa", "question,answer,passage\nWho?,I.,It is I.\nWhere?,Here.,It is here.\n")]
    public void A_table_is_learned_and_the_adapter_talks(string task, string table)
    {
        var (data, adapter) = (chat.Folder.File(task + ".csv"), chat.Folder.File(task));
        File.WriteAllText(data, table);
        var learned = FineTune(data, adapter, "--task", task, "--lora", "--dora", "--dropout", "0.1", "--val-fraction", "0");
        Assert.Equal((0, ""), (learned.Code, learned.Error));
        var reply = CommandLine.Run("chat", "--model", adapter, "--temperature", "0", "--max-tokens", "4", "-p", "Who?");
        Assert.Equal((0, ""), (reply.Code, reply.Error));
        Refused("leave out --task", FineTune(Path.Combine(adapter, "data"), chat.Folder.File("again"), "--task", task));
    }

    [Fact]
    public void What_can_not_be_is_told_in_a_sentence()
    {
        File.WriteAllText(chat.Folder.File("faq.csv"), "question,answer\nWho?,I.\n");
        Refused("There is no task \"essay\"", FineTune(chat.Folder.File("faq.csv"), chat.Folder.File("x"), "--task", "essay"));
        Refused("no column \"text\"", FineTune(chat.Folder.File("faq.csv"), chat.Folder.File("x"), "--task", "sentiment"));
        CommandLine.Run(CommandLine.Train("names", chat.Folder.File("plain"), "--data-as", "lines"));
        Refused("no form for conversations", CommandLine.Run(
            "finetune", "--model", chat.Folder.File("plain"), "--task", "qa", "--data", chat.Folder.File("faq.csv"), "--out", chat.Folder.File("x")));
    }

    /// <summary>In nanochat these fill the buffer and give batches without anything to learn, and then a loss that is no number.</summary>
    [Fact]
    public void Conversations_longer_than_the_context_are_cut_and_counted_and_the_loss_stays_a_number()
    {
        var (data, model) = (chat.Folder.File("long.jsonl"), chat.Folder.File("long"));
        var far = string.Concat(Enumerable.Repeat("so ", 400)); // the model reads 128 tokens; the answer is never within reach
        File.WriteAllLines(data,
        [
            .. Enumerable.Repeat(Line(far, "Yes."), 300), // many more than can be learned from
            .. Enumerable.Repeat(Line("Yes?", far), 5),   // of these the beginning
            .. Enumerable.Repeat(Line("Yes?", "Yes."), 2),
        ]);
        var (code, output, error) = FineTune(data, model, "--val-fraction", "0");
        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"[1-9][0-9,]* more, of [1-9][0-9,]* documents, were cropped; [1-9][0-9,]* documents had nothing to learn\.", output);
        var losses = File.ReadLines(Path.Combine(model, "loss.csv")).Skip(1).Select(line => line.Split(',')[1]).ToArray();
        Assert.Equal(6, losses.Length);
        Assert.All(losses, loss => Assert.True(double.IsFinite(double.Parse(loss, System.Globalization.CultureInfo.InvariantCulture)), loss));

        static string Line(string asked, string replied) =>
            $$"""{"messages": [{"role": "user", "content": "{{asked}}"}, {"role": "assistant", "content": "{{replied}}"}]}""";
    }

    private Outcome FineTune(string data, string folder, params string[] options) =>
        CommandLine.Run(["finetune", "--model", chat.Model, "--data", data, "--out", folder, "--steps", "6", "--batch", "2", "--threads", "1", "--plain", .. options]);

    private static void Refused(string message, Outcome outcome)
    {
        Assert.Equal(1, outcome.Code);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }
}
