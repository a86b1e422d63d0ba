namespace MicroGpt.Checkpoints.Gguf;

/// <summary>How ggml stores a tensor's numbers, of the ways that are read and written here; the values are the file's.</summary>
internal enum GgmlType
{
    F32 = 0,
    F16 = 1,

    /// <summary>Blocks of 32 numbers of 4 bits with a scale.</summary>
    Q4_0 = 2,

    /// <summary>Blocks of 32 numbers of 8 bits with a scale.</summary>
    Q8_0 = 8,

    BF16 = 30,
}

/// <summary>What there is to know about a <see cref="GgmlType"/>.</summary>
internal static class GgmlTypes
{
    // In the order of their numbers; those that ggml has given up have no name.
    private static readonly string?[] s_names =
    [
        "F32", "F16", "Q4_0", "Q4_1", null, null, "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "Q8_K", "IQ2_XXS",
        "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS", "I8", "I16", "I32", "I64", "F64", "IQ1_M", "BF16", null, null, null,
        "TQ1_0", "TQ2_0", null, null, null, "MXFP4", "NVFP4",
    ];

    /// <summary>The types that can be read, for people.</summary>
    public static string Known => "F32, F16, BF16, Q8_0 and Q4_0";

    /// <summary>The name of a type by its number, of those too that can't be read.</summary>
    public static string NameOf(uint type) => type < s_names.Length && s_names[type] is { } name ? name : $"number {type}";

    /// <summary>How many numbers are stored together.</summary>
    public static int BlockLength(this GgmlType type) => type.IsQuantized() ? BlockQuantization.Length : 1;

    /// <summary>What so many numbers take.</summary>
    public static int BlockBytes(this GgmlType type) => type switch
    {
        GgmlType.F32 => sizeof(float),
        GgmlType.Q8_0 => BlockQuantization.BytesOfQ8,
        GgmlType.Q4_0 => BlockQuantization.BytesOfQ4,
        _ => sizeof(ushort),
    };

    public static bool IsQuantized(this GgmlType type) => type is GgmlType.Q8_0 or GgmlType.Q4_0;

    /// <summary>The smallest type of other formats that holds its numbers: a block's are products of a half and a small integer.</summary>
    public static TensorType Widened(this GgmlType type) => type switch
    {
        GgmlType.F16 => TensorType.F16,
        GgmlType.BF16 => TensorType.BF16,
        _ => TensorType.F32,
    };

    /// <summary>What a tensor takes.</summary>
    public static long BytesOf(this GgmlType type, long elements) => elements / type.BlockLength() * type.BlockBytes();

    /// <summary>Converts whole blocks to floats.</summary>
    public static void ToFloats(this GgmlType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        if (type == GgmlType.Q8_0)
            BlockQuantization.FromQ8(source, destination);
        else if (type == GgmlType.Q4_0)
            BlockQuantization.FromQ4(source, destination);
        else
            type.Widened().ToFloats(source, destination);
    }

    /// <summary>Converts floats to whole blocks.</summary>
    /// <returns>The first element that is finite and that the type can't hold, or −1.</returns>
    public static int FromFloats(this GgmlType type, ReadOnlySpan<float> source, Span<byte> destination) => type switch
    {
        GgmlType.Q8_0 => BlockQuantization.ToQ8(source, destination),
        GgmlType.Q4_0 => BlockQuantization.ToQ4(source, destination),
        _ => type.Widened().FromFloats(source, destination),
    };
}
