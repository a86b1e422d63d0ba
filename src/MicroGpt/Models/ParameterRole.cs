using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>What a parameter of a GPT does, as far as optimizers treat it differently.</summary>
internal enum ParameterRole
{
    /// <summary>A matrix within a layer.</summary>
    LayerMatrix,

    /// <summary>A table of tokens or positions; also a head that shares the tokens' table.</summary>
    Embedding,

    /// <summary>nanochat's tables of values.</summary>
    ValueEmbedding,

    /// <summary>The head, where it is a matrix of its own.</summary>
    Head,

    /// <summary>How much of its input a layer keeps.</summary>
    ResidualScalars,

    /// <summary>How much of the first layer's input a layer takes.</summary>
    FirstInputScalars,

    /// <summary>nanochat's smear and back-out.</summary>
    SmearOrBackOut,

    /// <summary>Biases, and weights of norms.</summary>
    Vector,
}

/// <summary>Tells a parameter's role from its name and shape.</summary>
internal static class ParameterRoles
{
    public static ParameterRole Of(GptConfig config, Tensor parameter)
    {
        var (names, name) = (ParameterNames.Of(config), parameter.Name);
        return name switch
        {
            ParameterNames.ResidualScalars => ParameterRole.ResidualScalars,
            ParameterNames.FirstInputScalars => ParameterRole.FirstInputScalars,
            ParameterNames.SmearScalar or ParameterNames.BackOutScalar => ParameterRole.SmearOrBackOut,
            ParameterNames.Head => ParameterRole.Head,
            _ when name.StartsWith(ParameterNames.SmearGate, StringComparison.Ordinal) => ParameterRole.SmearOrBackOut,
            _ when name.StartsWith(ParameterNames.ValueEmbeddings, StringComparison.Ordinal) => ParameterRole.ValueEmbedding,
            _ when parameter.Shape.Rank < 2 => ParameterRole.Vector,
            _ when name.StartsWith(names.Blocks + ".", StringComparison.Ordinal) => ParameterRole.LayerMatrix,
            _ => ParameterRole.Embedding,
        };
    }
}
