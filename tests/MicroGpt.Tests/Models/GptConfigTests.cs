using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Models;

public sealed class GptConfigTests
{
    private static readonly GptConfig s_possible = GptPresets.Gpt2(27) with { ContextLength = 8, Layers = 2, Heads = 4, Width = 16 };

    [Fact]
    public void Every_impossible_size_gets_its_own_sentence()
    {
        Refused("The vocabulary must be at least 1, not 0.", s_possible with { VocabularySize = 0 });
        Refused("The context must be at least 1, not -3.", s_possible with { ContextLength = -3 });
        Refused("The number of layers must be at least 1, not 0.", s_possible with { Layers = 0 });
        Refused("The number of heads must be at least 1, not 0.", s_possible with { Heads = 0 });
        Refused("The width must be at least 1, not 0.", s_possible with { Width = 0 });
        Refused("The MLP's width must be at least 1, not 0.", s_possible with { MlpWidth = 0 });
        Refused("The number of key-value heads must be at least 1, not 0.", s_possible with { KeyValueHeads = 0 });
        Refused("3 heads do not divide a width of 16; try a width of 18.", s_possible with { Heads = 3 });
        Refused("3 key-value heads do not divide 4 heads.", s_possible with { KeyValueHeads = 3 });
        Refused("8 key-value heads do not divide 4 heads.", s_possible with { KeyValueHeads = 8 });
        Refused(
            "Rotary positions turn pairs, but a head has 5 numbers; try a width of 24 for 4 heads.",
            s_possible with { Positions = PositionKind.Rotary, Width = 20 });
        Refused("The width of a head must be at least 1, not 0.", s_possible with { HeadWidth = 0 });
        Refused("The short window must be at least 1, not 0.", s_possible with { ShortWindow = 0 });
        Refused("The multiple of the vocabulary must be at least 1, not 0.", s_possible with { VocabularyMultiple = 0 });
        Refused("A window pattern is made of S and L, not \"SLX\".", s_possible with { WindowPattern = "SLX" });
        Refused("A window pattern is made of S and L, not \"\".", s_possible with { WindowPattern = "" });
        Refused("The gates of such a model read 24 numbers of a row, but its width is 16.", s_possible with { Smear = true });
        Refused("Queries and keys are normalized, and values get embeddings, only in models with rotary positions.", s_possible with { QkNorm = true });
        Refused("Queries and keys are normalized by RMSNorm only.", s_possible with { QkNorm = true, Positions = PositionKind.Rotary });
        Refused("A head that shares the token embedding has no bias.", s_possible with { HeadBias = true });
        Refused(
            "A token's vector is scaled only where a position's is added to it, not with rotary positions.",
            s_possible with { ScaledEmbedding = true, Positions = PositionKind.Rotary });
        Refused("The logits' soft cap must be a positive number, not 0.", s_possible with { LogitSoftCap = 0 });
        Refused("The scale of normalized queries and keys must be a positive number, not NaN.", s_possible with { QkScale = double.NaN });
        Refused("The factor of rotary scaling must be a positive number, not 0.", s_possible with { RotaryScaling = new(0, 1, 4, 8192) });
        Refused(
            "What the high-frequency factor of rotary scaling exceeds the low one by must be a positive number, not 0.",
            s_possible with { RotaryScaling = new(8, 4, 4, 8192) });
        Refused("The original context of rotary scaling must be at least 1, not 0.", s_possible with { RotaryScaling = new(8, 1, 4, 0) });
        Refused("The rotary theta must be a number from 1, not 0.5.", s_possible with { RotaryTheta = 0.5 });
        Refused("The rotary theta must be a number from 1, not NaN.", s_possible with { RotaryTheta = double.NaN });
    }

    [Fact]
    public void Sizes_that_no_tensor_can_have_are_refused_without_overflow()
    {
        Refused("A matrix of this model would have 4,000,000,000,000,000,000 numbers; 2,147,479,552 is the limit.", s_possible with { Width = 1_000_000_000 });
        Assert.Throws<ArgumentException>(() => (s_possible with { Width = int.MaxValue - 3 }).Validate());
        Assert.Throws<ArgumentException>(() => (s_possible with { VocabularySize = int.MaxValue }).Validate());
        Assert.Throws<ArgumentException>(() => (s_possible with { MlpWidth = int.MaxValue }).Validate());
        Assert.Throws<ArgumentException>(() => (s_possible with { HeadWidth = int.MaxValue }).Validate());
        Assert.Throws<ArgumentException>(() => (s_possible with { VocabularyMultiple = int.MaxValue }).Validate());
        Assert.Throws<ArgumentException>(() => (s_possible with { VocabularySize = int.MaxValue, VocabularyMultiple = int.MaxValue - 1 }).Validate());
    }

    [Theory]
    [InlineData(0, 0.02)]
    [InlineData(double.NaN, 0.02)]
    [InlineData(double.PositiveInfinity, 0.02)]
    [InlineData(1e-5, -1)]
    [InlineData(1e-5, double.NaN)]
    public void Impossible_numbers_are_refused(double epsilon, double deviation) =>
        Assert.Throws<ArgumentException>(() => (s_possible with { NormEpsilon = epsilon, InitialDeviation = deviation }).Validate());

    [Fact]
    public void Kinds_that_do_not_exist_are_refused()
    {
        Assert.Throws<ArgumentException>(() => (s_possible with { Norm = (NormKind)9 }).Validate());
        Assert.Throws<ArgumentException>(() => (s_possible with { Activation = (ActivationKind)9 }).Validate());
        Assert.Throws<ArgumentException>(() => (s_possible with { Positions = (PositionKind)9 }).Validate());
        Assert.Throws<ArgumentException>(() => (s_possible with { Initialization = (InitializationKind)9 }).Validate());
    }

    [Fact]
    public void A_model_beyond_the_machines_memory_is_refused_before_any_is_taken()
    {
        using var device = Device.Cpu(threads: 1);
        Assert.Throws<InsufficientMemoryException>(() => new Gpt(s_possible with { Layers = int.MaxValue }, device));
        Assert.Throws<InsufficientMemoryException>(
            () => new Gpt(s_possible with { Width = 26000, Heads = 1, MlpWidth = 80000, Layers = int.MaxValue }, device));
    }

    [Fact]
    public void Defaults_follow_from_the_other_sizes()
    {
        Assert.Equal((4, 4, 64), (s_possible.HeadSize, s_possible.KeyValueHeadCount, s_possible.MlpHidden));
        var other = s_possible with { KeyValueHeads = 2, MlpWidth = 24 };
        Assert.Equal((2, 24), (other.KeyValueHeadCount, other.MlpHidden));
        Assert.Equal(64, (s_possible with { Activation = ActivationKind.SwiGlu }).MlpHidden); // 8/3 · 16 = 42.7
        Assert.Equal(768, GptPresets.Llama(1).MlpHidden);
        Assert.Equal(5, (s_possible with { HeadWidth = 5 }).HeadSize);
        Assert.Equal((27, 32), (s_possible.TableRows, (s_possible with { VocabularyMultiple = 16 }).TableRows));
    }

    private static void Refused(string sentence, GptConfig config) =>
        Assert.Equal(sentence, Assert.Throws<ArgumentException>(() => config.Validate()).Message);
}
