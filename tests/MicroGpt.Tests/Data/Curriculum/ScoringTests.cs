using MicroGpt.Data.Curriculum;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Data.Curriculum;

public sealed class ScoringTests(WrittenCurriculum curriculum) : IClassFixture<WrittenCurriculum>
{
    public static TheoryData<string> Skills() => [.. CurriculumSkills.All.Where(skill => !skill.IsText).Select(skill => skill.Name)];

    [Theory]
    [MemberData(nameof(Skills))]
    public void The_reference_is_right_and_another_examples_is_wrong(string name)
    {
        var skill = CurriculumSkills.Named(name);
        var examples = HeldOutExamples.Read(Path.Combine(curriculum.Folder, CurriculumFile.PathOf(skill, CurriculumPart.Test))).ToArray();
        foreach (var example in examples)
        {
            Assert.True(Scoring.IsRight(example, example.Reply), example.ToString());
            Assert.False(Scoring.IsRight(example, Say("")) && example.Accepted[0] != Scoring.NoTool);
            var others = examples.Where(other => !other.Accepted.Intersect(example.Accepted).Any()).Take(50).ToArray();
            Assert.NotEmpty(others);
            Assert.All(others, other => Assert.False(Scoring.IsRight(example, other.Reply), $"{example}\n{other}"));
        }
    }

    [Theory]
    [InlineData("My name is MicroGPT.", true)]
    [InlineData("my name  is MicroGPT", true)]
    [InlineData("I am MicroGPT!", true)]
    [InlineData("My name is MicroGPT. I was made with MicroGPT for .NET.", false)]
    [InlineData("My name is Anna.", false)]
    public void Exact(string reply, bool isRight) =>
        Check(isRight, reply, ScoringRule.Exact, "My name is MicroGPT.", "I am MicroGPT.");

    [Theory]
    [InlineData("b0 a1 n1 a2 n2 a3. So the letter a appears 3 times.", true)]
    [InlineData("3", true)]
    [InlineData("So the letter a appears 13 times.", false)]
    [InlineData("3 or 4 times", false)]
    [InlineData("many", false)]
    public void Number(string reply, bool isRight) => Check(isRight, reply, ScoringRule.Number, "3");

    [Theory]
    [InlineData("e g g", true)]
    [InlineData("E-G-G.", true)]
    [InlineData("The letters: e, g, g", true)]
    [InlineData("egg", false)]
    [InlineData("e g", false)]
    [InlineData("e g g g", false)]
    public void Letters(string reply, bool isRight) => Check(isRight, reply, ScoringRule.Letters, "egg");

    [Theory]
    [InlineData("Let me see: Otto has a harp. Answer: a harp.", true)]
    [InlineData("Otto has a harp. Answer: A harp", true)]
    [InlineData("Let me see: Otto has a harp Answer: a harp.", true)] // a part of the sentence is a quotation too
    [InlineData("Let me see: Otto has a kite. Answer: a harp.", false)] // not in the passage
    [InlineData("Let me see: Otto has a harp. Answer: a quilt.", false)]
    [InlineData("Let me see:  Answer: a harp.", false)]
    [InlineData("The passage does not say.", false)]
    [InlineData("Answer: a harp.", false)]
    public void Quoted(string reply, bool isRight) => Check(isRight, reply, ScoringRule.Quoted, "a harp");

    [Theory]
    [InlineData("The passage does not say.", true)]
    [InlineData("Let me see: Otto has ... The passage does not say.", true)]
    [InlineData("Let me see: Otto has ... a harp.", false)]
    [InlineData("Let me see: Otto has a harp. Answer: a harp.", false)]
    public void Quoted_when_it_is_not_there(string reply, bool isRight) => Check(isRight, reply, ScoringRule.Quoted, "The passage does not say.");

    [Theory]
    [InlineData("17*4", "It is 68.", true)]
    [InlineData("4 * 17", "68", true)]
    [InlineData("17*4", "It is 67.", false)]
    [InlineData("17+4", "It is 68.", false)]
    [InlineData("clock()", "It is 68.", false)]
    [InlineData(null, "It is 68.", false)]
    public void Calculated(string? call, string text, bool isRight) =>
        Assert.Equal(isRight, Scoring.IsRight(Of(ScoringRule.Calculated, "68"), WithCall(call, text)));

    [Theory]
    [InlineData("weather(\"Oslo\")", "weather", true)]
    [InlineData("weather(\"Rome\")", "weather", true)] // the choice is scored
    [InlineData("clock()", "weather", false)]
    [InlineData(null, "weather", false)]
    [InlineData(null, "none", true)]
    [InlineData("clock()", "none", false)]
    [InlineData("12+7", "calculator", true)]
    [InlineData("(1+2)*3", "calculator", true)]
    public void Tool(string? call, string accepted, bool isRight) =>
        Assert.Equal(isRight, Scoring.IsRight(Of(ScoringRule.Tool, accepted), WithCall(call, "Some words.")));

    [Fact]
    public void A_document_has_no_reply_to_score() =>
        Assert.Throws<ArgumentException>(() => Scoring.IsRight(Of(ScoringRule.BitsPerByte), Say("Once")));

    [Fact]
    public void An_unknown_skill_is_refused_with_those_there_are() =>
        Assert.Contains("arithmetic", Assert.Throws<ArgumentException>(() => CurriculumSkills.Named("chess")).Message, StringComparison.Ordinal);

    private static void Check(bool isRight, string reply, ScoringRule rule, params string[] accepted) =>
        Assert.Equal(isRight, Scoring.IsRight(Of(rule, accepted), Say(reply)));

    private static Example Of(ScoringRule rule, params string[] accepted) => new("Otto has a harp. Thea has a quilt.\nWhat does Otto have?", Say(""), rule, accepted);

    private static Message WithCall(string? call, string text) => call is null ? Say(text) : new Message(Message.Assistant, [new PythonPart(call), new OutputPart(""), new TextPart(text)]);

    private static Message Say(string text) => new(Message.Assistant, text);
}
