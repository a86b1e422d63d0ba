using MicroGpt.Alignment;
using MicroGpt.Checkpoints;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Tests.Alignment;

/// <summary>The C# of docs/alignment.md works.</summary>
public sealed class AlignmentPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public AlignmentPageTests() => Directory.Move(AlignmentModels.Write(_folder, context: 128), "half");

    public void Dispose()
    {
        Directory.Delete("half", recursive: true);
        if (Directory.Exists("short"))
            Directory.Delete("short", recursive: true);
        _folder.Dispose();
    }

    [Fact]
    public void The_snippet_rewards()
    {
        // the snippet begins
        var model = ModelCheckpoint.Load("half", Device.Default);
        var options = new TrainerOptions { Steps = 2, BatchSize = 8, LearningRate = 1e-4, WeightDecay = 0 };
        var run = AlignmentRun.Start(
            model, null, new AlignmentOptions { Skills = ["small-talk"], MaxTokens = 20, Prompts = 2 }, options, reward: new Short());
        for (var step = 1; step <= options.Steps; step++)
            Console.WriteLine($"mean reward {run.TrainStep().Measures[0]:F3}");
        run.Save("short");
        // the snippet ends

        Assert.Equal(2, ModelCheckpoint.Load("short", Device.Default).Step);
    }

    [Fact]
    public void The_snippet_is_the_pages() => Snippet.AssertShown("docs/alignment.md", "Alignment/AlignmentPageTests.cs");

    private sealed class Short : IReward
    {
        public IReadOnlyList<double> Score(IReadOnlyList<(RolloutPrompt Prompt, Message Reply)> replies) =>
            [.. replies.Select(reply => -0.01 * reply.Reply.Text.Length)];
    }
}
