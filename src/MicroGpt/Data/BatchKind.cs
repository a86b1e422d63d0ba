namespace MicroGpt.Data;

/// <summary>How batches are made of tokens.</summary>
public enum BatchKind
{
    /// <summary>Windows that start anywhere (<see cref="WindowBatches"/>).</summary>
    Windows,

    /// <summary>Rows packed with whole documents (<see cref="PackedBatches"/>).</summary>
    Packed,

    /// <summary>A document a row (<see cref="DocumentBatches"/>).</summary>
    Documents,
}
