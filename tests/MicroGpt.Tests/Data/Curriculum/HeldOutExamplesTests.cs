using System.Text;
using MicroGpt.Data.Curriculum;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Data.Curriculum;

/// <summary>Reading held-out files ends in examples or in a sentence.</summary>
public sealed class HeldOutExamplesTests : IDisposable
{
    private const string Good = """{"messages":[{"role":"user","content":"17*4"},{"role":"assistant","content":[{"type":"python","text":"17*4"},{"type":"python_output","text":"68"},{"type":"text","text":"68."}]}],"rule":"calculated","accepted":["68"]}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_example_comes_back()
    {
        var example = Assert.Single(Read("\r\n" + Good + "\r\n\n"));
        Assert.Equal(("17*4", ScoringRule.Calculated, "68"), (example.Prompt, example.Rule, example.Accepted.Single()));
        Assert.Equal([new PythonPart("17*4"), new OutputPart("68"), new TextPart("68.")], example.Reply.Parts);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"rule":"guess","accepted":[]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"rule":"3","accepted":[]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":null}],"rule":"exact","accepted":[]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"video","text":""}]}],"rule":"exact","accepted":[]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"rule":"exact","accepted":[]}""")]
    [InlineData("""{"messages":[{"role":"assistant","content":"b"},{"role":"user","content":"a"}],"rule":"exact","accepted":[]}""")]
    [InlineData("""{"text":3}""")]
    public void A_damaged_line_is_named(string line)
    {
        var message = Assert.Throws<InvalidDataException>(() => Read(Good + "\n" + line)).Message;
        Assert.Contains("line 2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_line_is_refused_without_reading_it_all()
    {
        var message = Assert.Throws<InvalidDataException>(() => Read(new string('x', HeldOutExamples.LongestLine + 1))).Message;
        Assert.Contains("longer than any held-out example", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Thousands_of_mutations_give_examples_or_a_sentence()
    {
        var random = new MersenneTwister(9);
        var original = Encoding.UTF8.GetBytes(Good + "\n" + Good);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = original.ToArray();
            for (var changes = 1 + random.NextInt32(4); changes > 0; changes--)
                bytes[random.NextInt32(bytes.Length)] = random.NextInt32(3) > 0 ? original[random.NextInt32(bytes.Length)] : (byte)random.NextInt32(256);
            File.WriteAllBytes(_folder.File("x"), bytes.AsSpan(0, random.NextInt32(4) > 0 ? bytes.Length : random.NextInt32(bytes.Length)));
            try
            {
                _ = HeldOutExamples.Read(_folder.File("x")).Count();
            }
            catch (InvalidDataException)
            {
                // a sentence, as it should be
            }
        }
    }

    private Example[] Read(string text)
    {
        File.WriteAllText(_folder.File("x"), text);
        return [.. HeldOutExamples.Read(_folder.File("x"))];
    }
}
