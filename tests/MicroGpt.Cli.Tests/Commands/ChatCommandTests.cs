using System.Text;

namespace MicroGpt.Cli.Tests.Commands;

public sealed class ChatCommandTests(EvalCommandTests.TinyChatModel chat) : IClassFixture<EvalCommandTests.TinyChatModel>
{
    [Fact]
    public void One_question_gets_one_reply()
    {
        var (code, output, error) = CommandLine.Run("chat", "--model", chat.Model, "-p", "Who are you?", "--max-tokens", "5", "--threads", "1");
        Assert.Equal((0, ""), (code, error));
        Assert.EndsWith("\n", output, StringComparison.Ordinal);
        Assert.Equal(output, CommandLine.Run("chat", "--model", chat.Model, "-p", "Who are you?", "--max-tokens", "5", "--threads", "2").Output);
    }

    [Fact]
    public void A_conversation_is_led_saved_and_gone_on_with()
    {
        var file = chat.Folder.File("talk.jsonl");
        var output = Type($"Hello\n/retry\nsecond \\\nline\n\"\"\"\nthird\n\nmessage\"\"\"\n/save {file}\n/clear\n/retry\n/load {file}\n/exit\nnot read\n");
        var saved = File.ReadAllText(file);
        foreach (var text in (string[])["Hello", "second \\nline", "third\\n\\nmessage", "\"assistant\""])
            Assert.Contains(text, saved, StringComparison.Ordinal);
        Assert.Single(saved.TrimEnd('\n').Split('\n'));
        foreach (var text in (string[])["All forgotten.", "Nothing has been said yet.", "Saved in ", "Going on with 6 messages."])
            Assert.Contains(text, output, StringComparison.Ordinal);
        Assert.DoesNotContain("There is no command", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_change_what_they_say_and_mistakes_get_a_sentence()
    {
        var output = Type("/help\n/temperature 0\n/temperature warm\n/temperature -1\n/top-k 3\n/top-p 0.9\n/top-k\n/top-p\n/system Be kind.\n/save\n/load nowhere.jsonl\n/dance\n");
        foreach (var text in (string[])["/retry", "\"warm\" is not a number.", "emperature", "Which file?", "nowhere.jsonl", "There is no command /dance"])
            Assert.Contains(text, output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_conversations_is_refused()
    {
        CommandLine.Run(CommandLine.Train("names", chat.Folder.File("names"), "--data-as", "lines", "--overwrite"));
        var (code, _, error) = CommandLine.Run("chat", "--model", chat.Folder.File("names"), "-p", "x");
        Assert.Equal(1, code);
        Assert.Contains("can't be talked to", error, StringComparison.Ordinal);
    }

    private string Type(string lines)
    {
        var (code, output, error) = CommandLine.Run(
            Encoding.UTF8.GetBytes(lines), out _, "chat", "--model", chat.Model, "--max-tokens", "4", "--threads", "1");
        Assert.Equal((0, ""), (code, error));
        return output;
    }
}
