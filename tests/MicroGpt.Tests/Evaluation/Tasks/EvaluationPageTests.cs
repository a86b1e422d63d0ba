using MicroGpt.Checkpoints;
using MicroGpt.Evaluation.Tasks;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Evaluation.Tasks;

/// <summary>The C# of docs/evaluation.md works.</summary>
public sealed class EvaluationPageTests : IDisposable
{
    public EvaluationPageTests()
    {
        using var device = Device.Cpu(threads: 1);
        var tokenizer = CharTokenizer.Train(["The camel was hungry a quarry"], bos: true);
        var model = TinyModels.Create(TinyModels.Config("llama", tokenizer.VocabularySize), device);
        ModelCheckpoint.SaveDescription("tiny", model, tokenizer);
        ModelCheckpoint.SaveWeights("tiny", model, 1);
    }

    public void Dispose()
    {
        Directory.Delete("tiny", recursive: true);
        File.Delete("animals.jsonl");
    }

#pragma warning disable xUnit1051 // the page's readers cancel nothing
    [Fact]
    public void The_snippet_asks_a_task()
    {
        // the snippet begins
        var loaded = ModelCheckpoint.Load("tiny", Device.Default);
        File.WriteAllText("animals.jsonl", """{"query": "The camel was", "choices": ["hungry", "a quarry"], "gold": 0}""");
        foreach (var task in EvaluationTasks.Read("animals.jsonl"))
        {
            var score = new TaskEvaluation(loaded.Model, loaded.Tokenizer).Score(task);
            Console.WriteLine($"{task.Name}: {score.Accuracy.Value}, above chance {score.Centred.Value}");
        }
        // the snippet ends
    }
#pragma warning restore xUnit1051

    [Fact]
    public void The_snippet_is_the_pages() => Snippet.AssertShown("docs/evaluation.md", "Evaluation/Tasks/EvaluationPageTests.cs");
}
