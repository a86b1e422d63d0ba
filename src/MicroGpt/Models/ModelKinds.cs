using System.Text.Json.Serialization;

namespace MicroGpt.Models;

/// <summary>How a model normalizes rows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NormKind>))]
public enum NormKind
{
    /// <summary>Subtract the mean, divide by the standard deviation.</summary>
    LayerNorm,

    /// <summary>Divide by the root mean square.</summary>
    RmsNorm,
}

/// <summary>The non-linearity between the two matrices of an MLP.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActivationKind>))]
public enum ActivationKind
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>The Gaussian error linear unit in its tanh form, which Hugging Face calls <c>gelu_new</c>.</summary>
    Gelu,

    /// <summary>The Gaussian error linear unit itself, which Hugging Face calls <c>gelu</c>.</summary>
    GeluErf,

    /// <summary>max(x, 0)².</summary>
    ReluSquared,

    /// <summary>silu(gate) · up: a third matrix, whose product opens and closes that of the first.</summary>
    SwiGlu,
}

/// <summary>How a model knows where a token stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PositionKind>))]
public enum PositionKind
{
    /// <summary>A learned vector for every position is added to the token's.</summary>
    Learned,

    /// <summary>Sines and cosines of the position are added to the token's vector, in wavelengths from 2π to 10,000 · 2π.</summary>
    Sinusoidal,

    /// <summary>Queries and keys are turned by angles that grow with the position.</summary>
    Rotary,
}

/// <summary>How a model's weights start out.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InitializationKind>))]
public enum InitializationKind
{
    /// <summary>Gaussian matrices, ones for norms, zeros for biases, as in GPT-2.</summary>
    Gaussian,

    /// <summary>nanochat's: uniform matrices of the width's size, and zeros for the projections back to the residual stream.</summary>
    Nanochat,
}
