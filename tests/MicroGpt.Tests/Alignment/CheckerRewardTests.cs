using MicroGpt.Alignment;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Alignment;

/// <summary>A person's own program rewards, and whatever it does wrong is told in a sentence.</summary>
public sealed class CheckerRewardTests
{
    private static readonly (RolloutPrompt, Message)[] s_replies =
        [.. (((string, string)[])[("1 + 1?", "2"), ("你好", "\"hi\"\n"), ("a", "b")])
            .Select(pair => (
                new RolloutPrompt(new Conversation([new Message(Message.User, pair.Item1)]), new Message(Message.Assistant, "2"), null),
                new Message(Message.Assistant, pair.Item2)))];

    public CheckerRewardTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs are for a POSIX shell.");

    [Fact]
    public void It_gets_a_line_a_reply_and_answers_a_number_a_line() =>
        Assert.Equal([1, -0.5, 1e3], Score("sh -c 'read a; echo 1; read b; echo \" -0.5 \"; read c; echo 1e3'"));

    [Fact]
    public void The_lines_are_JSON_in_UTF_8()
    {
        using var folder = new TemporaryFolder();
        Score($"sh -c \"tee '{folder.File("lines")}' | sed 's/.*/1/'\"");
        Assert.Equal(
            """
            {"prompt":"1 + 1?","reply":"2","expected":"2","messages":[{"role":"user","content":"1 + 1?"},{"role":"assistant","content":"2"}]}
            {"prompt":"你好","reply":"\"hi\"\n","expected":"2","messages":[{"role":"user","content":"你好"},{"role":"assistant","content":"\"hi\"\n"}]}
            {"prompt":"a","reply":"b","expected":"2","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}

            """, File.ReadAllText(folder.File("lines")));
    }

    [Theory]
    [InlineData("sh -c 'cat > /dev/null; echo first >&2; echo no data here >&2; exit 3'", "exit code 3: no data here")]
    [InlineData("sh -c 'kill -9 $$'", "exit code")]
    [InlineData("sh -c 'echo 1; echo good; echo 1'", "wrote \"good\" where a number is needed")]
    [InlineData("sh -c 'echo 1; echo NaN; echo 1'", "wrote \"NaN\"")]
    [InlineData("sh -c 'echo 1; echo 1'", "wrote 2 numbers for 3 replies")]
    [InlineData("true", "wrote 0 numbers")]
    [InlineData("yes 1", "more than a number a line")]
    [InlineData("no-such-program --at all", "can't be started")]
    public void What_it_does_wrong_is_told(string command, string words) =>
        Assert.Contains(words, Assert.Throws<IOException>(() => Score(command)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("sh -c 'sleep 600'")]
    [InlineData("sh -c 'exec >&-; sleep 600'")]
    public void One_that_hangs_is_ended(string command) =>
        Assert.Contains("took longer than 0.3 seconds", Assert.Throws<IOException>(() => Score(command, 0.3)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("python3 check.py", "python3", "check.py")]
    [InlineData("  a  'b c' \"d 'e'\" f\"g h\"i ''", "a", "b c", "d 'e'", "fg hi", "")]
    public void A_command_line_has_words(string command, params string[] words) => Assert.Equal(words, CheckerReward.Words(command));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a \"b")]
    public void What_is_no_command_line_is_refused(string command) => Assert.Throws<ArgumentException>(() => new CheckerReward(command, TimeSpan.FromSeconds(1)));

    private static IReadOnlyList<double> Score(string command, double seconds = 30) =>
        new CheckerReward(command, TimeSpan.FromSeconds(seconds)).Score(s_replies);
}
