using System.Text.Json;
using MicroGpt.Checkpoints;
using MicroGpt.Evaluation;
using MicroGpt.Evaluation.Tasks;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Evaluation.Tasks;

/// <summary>Tasks of every kind with a trained model: losses, choices and accuracies are those that transformers gives (record.py).</summary>
public sealed class RecordedTaskTests : IDisposable
{
    private static readonly JsonElement s_recorded = JsonDocument.Parse(File.ReadAllBytes(TestFiles.Recorded("tasks/recorded.json"))).RootElement;

    private readonly Device _device = Device.Cpu(threads: 1);

    public static TheoryData<string> Labels { get; } = [.. EvaluationTasks.Read(TestFiles.Recorded("tasks")).Select(task => task.Name)];

    public void Dispose() => _device.Dispose();

    [Theory, MemberData(nameof(Labels))]
    public void Losses_choices_and_accuracies_are_transformers(string label)
    {
        var task = EvaluationTasks.Read(TestFiles.Recorded("tasks")).Single(task => task.Name == label);
        var loaded = ModelCheckpoint.Load(TestFiles.Recorded("tasks/model"), _device);
        var score = new TaskEvaluation(loaded.Model, loaded.Tokenizer).Score(task, cancellation: TestContext.Current.CancellationToken);
        var expected = s_recorded.GetProperty(label);
        var losses = expected.GetProperty("losses").EnumerateArray().ToArray();
        Assert.Equal(losses.Length, score.Answers.Count);
        foreach (var (answer, recorded) in score.Answers.Zip(losses))
            Assert.All(answer.Losses.Zip(recorded.EnumerateArray()), pair => Assert.Equal(pair.Second.GetDouble(), pair.First, 2e-5));
        Assert.Equal(expected.GetProperty("chosen").EnumerateArray().Select(chosen => chosen.GetInt32()), score.Answers.Select(answer => answer.Chosen));
        Assert.Equal(expected.GetProperty("accuracy").GetDouble(), score.Accuracy.Value, 1e-12);
        Assert.Equal(expected.GetProperty("cropped").GetInt32(), score.Cropped);
    }

    [Fact]
    public void Perplexity_is_transformers()
    {
        var loaded = ModelCheckpoint.Load(TestFiles.Recorded("tasks/model"), _device);
        var score = BitsPerByte.Score(
            loaded.Model, loaded.Tokenizer, ["The sun was shining. Edith saw a camel at the palace."], TestContext.Current.CancellationToken);
        Assert.Equal(s_recorded.GetProperty("text").GetProperty("tokens").GetInt32(), score.Tokens);
        Assert.Equal(s_recorded.GetProperty("text").GetProperty("nats").GetDouble(), Math.Log(score.Perplexity.Value), 1e-5);
    }
}
