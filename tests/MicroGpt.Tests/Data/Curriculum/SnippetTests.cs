using MicroGpt.Data.Curriculum;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Data.Curriculum;

/// <summary>The C# in docs/curriculum.md is what stands here between the two marks, and it works.</summary>
public sealed class SnippetTests : IDisposable
{
    public SnippetTests() =>
        CurriculumWriter.Write("curriculum", new CurriculumOptions { Size = CurriculumOptions.SmallestSize }, null, TestContext.Current.CancellationToken);

    public void Dispose() => Directory.Delete("curriculum", recursive: true);

    [Fact]
    public void The_snippet_scores()
    {
        // the snippet begins
        foreach (var example in HeldOutExamples.Read("curriculum/conversations/test/arithmetic.jsonl"))
            Console.WriteLine($"{example.Prompt} {Scoring.IsRight(example, new Message(Message.Assistant, "42"))}");
        // the snippet ends

        Assert.NotEmpty(HeldOutExamples.Read("curriculum/conversations/test/arithmetic.jsonl"));
    }

    [Fact]
    public void The_snippet_is_the_documentations()
    {
        var shown = File.ReadAllText(Path.Combine(TestFiles.Repository, "docs", "curriculum.md")).Split("```csharp\n")[1].Split("```")[0];
        var source = File.ReadAllText(Path.Combine(TestFiles.Repository, "tests", "MicroGpt.Tests", "Data", "Curriculum", "SnippetTests.cs"));
        var run = source.Split("snippet begins\n")[1].Split("        // the snippet ends")[0];
        Assert.Equal(run.Replace("\n        ", "\n", StringComparison.Ordinal).TrimStart(), shown);
    }
}
