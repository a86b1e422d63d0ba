using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

public sealed class TrainerOptionsTests
{
    [Fact]
    public void The_defaults_and_all_recipes_are_possible()
    {
        new TrainerOptions().Validate();
        Assert.All(Recipe.All, recipe => recipe.Options.Validate());
    }

    [Fact]
    public void Every_impossible_number_gets_its_own_sentence()
    {
        Refused("The number of steps must be at least 1, not 0.", new() { Steps = 0 });
        Refused("The batch size must be at least 1, not -1.", new() { BatchSize = -1 });
        Refused("The number of batches a step must be at least 1, not 0.", new() { AccumulationSteps = 0 });
        Refused("The number of warm-up steps must be at least 0, not -1.", new() { WarmupSteps = -1 });
        Refused("The steps between evaluations must be at least 1, not 0.", new() { EvaluationInterval = 0 });
        Refused("The number of evaluation batches must be at least 1, not 0.", new() { EvaluationBatches = 0 });
        Refused("The steps between checkpoints must be at least 1, not 0.", new() { SaveInterval = 0 });
        Refused("The learning rate must be from 0 to 100, not NaN.", new() { LearningRate = double.NaN });
        Refused("The learning rate must be from 0 to 100, not -0.1.", new() { LearningRate = -0.1 });
        Refused("The minimum learning rate must be from 0 to 100, not 101.", new() { MinimumLearningRate = 101 });
        Refused("Beta 1 must be from 0 to 0.999999, not 1.", new() { Beta1 = 1 });
        Refused("Beta 2 must be from 0 to 0.999999, not 1.", new() { Beta2 = 1 });
        Refused("Epsilon must be from 1E-30 to 1, not 0.", new() { Epsilon = 0 });
        Refused("The weight decay must be from 0 to 100, not Infinity.", new() { WeightDecay = double.PositiveInfinity });
        Refused("The gradient's limit must be from 0 to 1000000000, not -1.", new() { GradientClip = -1 });
        Refused("The part of the data to validate on must be from 0 to 0.5, not 0.6.", new() { ValidationFraction = 0.6 });
        Refused("There is no learning rate decay 9; there are Constant, Linear, Cosine, Trapezoid.", new() { Decay = (LearningRateDecay)9 });
    }

    private static void Refused(string sentence, TrainerOptions options) =>
        Assert.Equal(sentence, Assert.Throws<ArgumentException>(() => options.Validate()).Message);
}
