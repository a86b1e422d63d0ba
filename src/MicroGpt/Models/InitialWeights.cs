namespace MicroGpt.Models;

/// <summary>How each kind of matrix starts out.</summary>
internal sealed record InitialWeights
{
    public required InitialValue TokenEmbedding { get; init; }
    public required InitialValue PositionEmbedding { get; init; }
    public required InitialValue Head { get; init; }
    public required InitialValue Attention { get; init; }       // queries, keys, values and their embeddings
    public required InitialValue AttentionOutput { get; init; } // back to the residual stream
    public required InitialValue MlpHidden { get; init; }
    public required InitialValue MlpOutput { get; init; }       // back to the residual stream
    public required InitialValue Gate { get; init; }

    public static InitialWeights Of(GptConfig config) => config.Initialization == InitializationKind.Nanochat ? Nanochat(config) : Gaussian(config);

    private static InitialWeights Gaussian(GptConfig config)
    {
        var matrix = InitialValue.Gaussian(config.InitialDeviation);
        var residual = config.ScaledResidualInitialization
            ? InitialValue.Gaussian(config.InitialDeviation * (1 / Math.Sqrt(2.0 * config.Layers)))
            : matrix;
        return new InitialWeights
        {
            TokenEmbedding = matrix,
            PositionEmbedding = matrix,
            Head = matrix,
            Attention = matrix,
            AttentionOutput = residual,
            MlpHidden = matrix,
            MlpOutput = residual,
            Gate = matrix,
        };
    }

    /// <summary>A uniform distribution from −√3 σ to √3 σ has the standard deviation σ, here 1 / √C, and no outliers.</summary>
    private static InitialWeights Nanochat(GptConfig config)
    {
        var most = Math.Sqrt(3) / Math.Sqrt(config.Width);
        return new InitialWeights
        {
            TokenEmbedding = InitialValue.Gaussian(0.8),
            PositionEmbedding = InitialValue.Gaussian(0.8),
            Head = InitialValue.Gaussian(0.001),
            Attention = InitialValue.Uniform(-most, most),
            AttentionOutput = InitialValue.Zero,
            MlpHidden = InitialValue.Uniform(-0.4 * most, 0.4 * most),
            MlpOutput = InitialValue.Zero,
            Gate = InitialValue.Uniform(0, 0.02),
        };
    }
}
