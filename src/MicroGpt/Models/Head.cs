using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>From the last row to a score for every token.</summary>
/// <param name="config">The model.</param>
/// <param name="parameters">Makes the parameters.</param>
/// <param name="tokenEmbedding">The table of tokens, which is the matrix of a tied head.</param>
internal sealed class Head(GptConfig config, ParameterFactory parameters, Tensor tokenEmbedding)
{
    private readonly Tensor _weight = config.TiedHead
        ? tokenEmbedding
        : parameters.Create(ParameterNames.Head, tokenEmbedding.Shape, InitialWeights.Of(config).Head);

    private readonly Tensor? _bias = config.HeadBias
        ? parameters.Create(ParameterNames.HeadBias, new Shape(config.TableRows), InitialValue.Zero)
        : null;

    public Tensor Forward(Tape tape, Tensor x) // (B, T, C) → (B, T, V)
    {
        var logits = tape.Linear(x, _weight, _bias);
        if (config.TableRows != config.VocabularySize)
            logits = tape.Columns(logits, config.VocabularySize);
        return config.LogitSoftCap is { } cap ? tape.SoftCap(logits, cap) : logits;
    }
}
