using MicroGpt.Data;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>The engine does what nanoGPT does: its small Shakespeare run, to the loss that its README gives.</summary>
public sealed class ShakespeareTests
{
    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void The_recipe_reaches_nanoGPTs_validation_loss_of_1_88()
    {
#if DEBUG
        Assert.Skip("Without optimization this takes an hour: dotnet test -c Release.");
#endif
        var recipe = Recipe.ShakespeareChar;
        using var device = Device.Cpu();
        var trainer = Trainer.Start(
            Corpus.Load(TestFiles.DataSet("tinyshakespeare.txt"), recipe.DataKind), recipe.Model, recipe.Options, device);
        using var observer = new Observer();
        Assert.True(observer.Watch(trainer));
        Assert.Equal(2000, trainer.Step);
        var loss = trainer.Log.Records[^1].ValidationLoss!.Value;
        TestContext.Current.TestOutputHelper!.WriteLine($"val loss {loss:F4}");
        Assert.InRange(loss, 1.5, 1.88);
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void An_lstm_of_two_layers_of_128_reaches_a_validation_loss_of_1_75_in_1500_steps()
    {
#if DEBUG
        Assert.Skip("Without optimization this takes an hour: dotnet test -c Release.");
#endif
        var recipe = Recipe.OfPreset("lstm");
        using var device = Device.Cpu();
        var trainer = Trainer.Start(
            Corpus.Load(TestFiles.DataSet("tinyshakespeare.txt"), recipe.DataKind), recipe.Model, recipe.Options with { Steps = 1500 }, device);
        using var observer = new Observer();
        Assert.True(observer.Watch(trainer));
        var loss = trainer.Log.Records[^1].ValidationLoss!.Value;
        TestContext.Current.TestOutputHelper!.WriteLine($"val loss {loss:F4}");
        Assert.InRange(loss, 1.3, 1.75);
    }
}
