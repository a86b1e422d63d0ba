using static MicroGpt.Models.ModelConfig;

namespace MicroGpt.Models;

/// <summary>What makes a configuration impossible, in sentences that say what would do.</summary>
internal static class GptConfigCheck
{
    public static void Sizes(GptConfig config)
    {
        AtLeastOne(config.VocabularySize, "the vocabulary");
        AtLeastOne(config.ContextLength, "the context");
        AtLeastOne(config.Layers, "the number of layers");
        AtLeastOne(config.Heads, "the number of heads");
        AtLeastOne(config.Width, "the width");
        AtLeastOne(config.KeyValueHeadCount, "the number of key-value heads");
        AtLeastOne(config.HeadWidth ?? 1, "the width of a head");
        AtLeastOne(config.MlpWidth ?? 1, "the MLP's width");
        AtLeastOne(config.ShortWindow ?? 1, "the short window");
        AtLeastOne(config.VocabularyMultiple ?? 1, "the multiple of the vocabulary");
        var (width, heads) = (config.Width, config.Heads);
        if (config.HeadWidth is null && width % heads != 0)
            throw new ArgumentException($"{heads} heads do not divide a width of {width}; try a width of {(width / heads + 1) * heads}.");
        if (heads % config.KeyValueHeadCount != 0)
            throw new ArgumentException($"{config.KeyValueHeadCount} key-value heads do not divide {heads} heads.");
        var gateInputs = config.Smear ? GptConfig.SmearGateInputs : config.ValueEmbeddings ? GptConfig.ValueGateInputs : 1;
        if (width < gateInputs)
            throw new ArgumentException($"The gates of such a model read {gateInputs} numbers of a row, but its width is {width}.");
        var keyWidth = (double)config.KeyValueHeadCount * config.HeadSize;
        LargestMatrix(Math.Max(
            Math.Max(config.TableRows, config.ContextLength) * Math.Max(width, config.ValueEmbeddings ? keyWidth : 0),
            width * Math.Max(config.MlpWidth ?? 4.0 * width, (double)heads * config.HeadSize + 2 * keyWidth)));
    }

    public static void Kinds(GptConfig config)
    {
        if (!Enum.IsDefined(config.Norm) || !Enum.IsDefined(config.Activation) || !Enum.IsDefined(config.Positions)
            || !Enum.IsDefined(config.Initialization))
            throw new ArgumentException(
                $"There is no norm {config.Norm}, no activation {config.Activation}, no kind of positions {config.Positions} or no initialization {config.Initialization}.");
        if (config.Positions == PositionKind.Rotary && config.HeadSize % 2 != 0)
            throw new ArgumentException(
                $"Rotary positions turn pairs, but a head has {config.HeadSize} numbers; try a width of {(config.HeadSize + 1) * config.Heads} for {config.Heads} heads.");
        if (config.Positions != PositionKind.Rotary && (config.QkNorm || config.ValueEmbeddings))
            throw new ArgumentException("Queries and keys are normalized, and values get embeddings, only in models with rotary positions.");
        if (config.QkNorm && config.Norm != NormKind.RmsNorm)
            throw new ArgumentException("Queries and keys are normalized by RMSNorm only.");
        if (config.ScaledEmbedding && config.Positions == PositionKind.Rotary)
            throw new ArgumentException("A token's vector is scaled only where a position's is added to it, not with rotary positions.");
        if (config.WindowPattern is { } pattern && (pattern.Length == 0 || pattern.AsSpan().ContainsAnyExcept('S', 'L')))
            throw new ArgumentException($"A window pattern is made of S and L, not \"{pattern}\".");
        if (config.HeadBias && config.TiedHead)
            throw new ArgumentException("A head that shares the token embedding has no bias.");
    }

    public static void Numbers(GptConfig config)
    {
        if (!(config.RotaryBase >= 1) || !double.IsFinite(config.RotaryBase))
            throw new ArgumentException(FormattableString.Invariant($"The rotary theta must be a number from 1, not {config.RotaryBase}."));
        if (!(config.NormEpsilon > 0) || !(config.InitialDeviation >= 0) || !double.IsFinite(config.NormEpsilon) || !double.IsFinite(config.InitialDeviation))
            throw new ArgumentException("The norms' epsilon must be a positive number and the initial deviation not a negative one.");
        Positive(config.LogitSoftCap ?? 1, "The logits' soft cap");
        Positive(config.QkScale ?? 1, "The scale of normalized queries and keys");
        if (config.RotaryScaling is not { } scaling)
            return;
        Positive(scaling.Factor, "The factor of rotary scaling");
        Positive(scaling.LowFrequencyFactor, "The low-frequency factor of rotary scaling");
        Positive(scaling.HighFrequencyFactor - scaling.LowFrequencyFactor, "What the high-frequency factor of rotary scaling exceeds the low one by");
        AtLeastOne(scaling.OriginalContext, "the original context of rotary scaling");
    }

    private static void Positive(double number, string what)
    {
        if (!(number > 0) || !double.IsFinite(number))
            throw new ArgumentException(FormattableString.Invariant($"{what} must be a positive number, not {number}."));
    }
}
