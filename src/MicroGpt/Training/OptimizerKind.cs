using System.Text.Json.Serialization;

namespace MicroGpt.Training;

/// <summary>What moves the parameters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OptimizerKind>))]
public enum OptimizerKind
{
    /// <summary>AdamW for all of them.</summary>
    AdamW,

    /// <summary>Muon (Jordan et al. 2024) for the matrices of the layers, AdamW for the rest.</summary>
    Muon,

    /// <summary>nanochat's: its variant of Muon for the matrices of the layers, and AdamW with a rate for each kind of the rest.</summary>
    Nanochat,
}
