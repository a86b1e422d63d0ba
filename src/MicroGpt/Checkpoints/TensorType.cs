using System.Numerics;
using System.Runtime.InteropServices;

namespace MicroGpt.Checkpoints;

/// <summary>How the numbers of a tensor are stored in a file. The names are those of safetensors.</summary>
public enum TensorType
{
    /// <summary>IEEE 754 double precision, 8 bytes.</summary>
    F64,

    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    F32,

    /// <summary>IEEE 754 half precision, 2 bytes: 11 significant bits, up to 65,504.</summary>
    F16,

    /// <summary>The upper half of an <see cref="F32"/>, 2 bytes: 8 significant bits, the same range.</summary>
    BF16,

    /// <summary>Integers of 8 bytes.</summary>
    I64,

    /// <summary>Integers of 4 bytes.</summary>
    I32,

    /// <summary>Integers of 2 bytes.</summary>
    I16,

    /// <summary>Integers of 1 byte.</summary>
    I8,

    /// <summary>Integers of 1 byte without a sign.</summary>
    U8,

    /// <summary>True or false, 1 byte.</summary>
    Bool,
}

/// <summary>What there is to know about a <see cref="TensorType"/>, and how its numbers become floats.</summary>
public static class TensorTypes
{
    /// <summary>The types' names.</summary>
    public static IReadOnlyList<string> Names { get; } = Enum.GetNames<TensorType>();

    /// <summary>Finds a type by its name in safetensors.</summary>
    public static bool TryParse(string? name, out TensorType type)
    {
        type = default;
        if (name == "BOOL")
            name = nameof(TensorType.Bool);
        for (var i = 0; i < Names.Count; i++)
            if (Names[i] == name)
            {
                type = (TensorType)i;
                return true;
            }

        return false;
    }

    /// <summary>The size of one element, in bytes.</summary>
    public static int SizeInBytes(this TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 => 8,
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 => 2,
        _ => 1,
    };

    /// <summary>Whether weights are stored like this.</summary>
    public static bool IsFloat(this TensorType type) => type <= TensorType.BF16;

    /// <summary>Turns stored numbers, little-endian, into floats.</summary>
    /// <param name="type">What is stored.</param>
    /// <param name="source">Exactly the bytes of the numbers.</param>
    /// <param name="destination">Receives them.</param>
    /// <exception cref="ArgumentException">There are more or fewer bytes than numbers.</exception>
    public static void ToFloats(this TensorType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        if (source.Length != (long)destination.Length * type.SizeInBytes())
            throw new ArgumentException($"{source.Length} bytes are not {destination.Length} numbers of type {type}.", nameof(source));
        switch (type)
        {
            case TensorType.F32: source.CopyTo(MemoryMarshal.AsBytes(destination)); break;
            case TensorType.BF16: FromBFloat16(MemoryMarshal.Cast<byte, ushort>(source), destination); break;
            case TensorType.F16: Convert<Half>(source, destination); break;
            case TensorType.F64: Convert<double>(source, destination); break;
            case TensorType.I64: Convert<long>(source, destination); break;
            case TensorType.I32: Convert<int>(source, destination); break;
            case TensorType.I16: Convert<short>(source, destination); break;
            case TensorType.I8: Convert<sbyte>(source, destination); break;
            default: Convert<byte>(source, destination); break;
        }

        static void Convert<T>(ReadOnlySpan<byte> source, Span<float> destination) where T : unmanaged, INumber<T>
        {
            var numbers = MemoryMarshal.Cast<byte, T>(source);
            for (var i = 0; i < destination.Length; i++)
                destination[i] = float.CreateTruncating(numbers[i]);
        }
    }

    /// <summary>Stores floats, little-endian; the nearest number of the type, ties to even.</summary>
    /// <param name="type">How they are stored: <see cref="TensorType.F32"/>, <see cref="TensorType.F16"/> or <see cref="TensorType.BF16"/>.</param>
    /// <param name="source">The numbers.</param>
    /// <param name="destination">Receives exactly their bytes.</param>
    /// <returns>The first number that is beyond the type's range and became infinite, or −1.</returns>
    /// <exception cref="ArgumentException">The type can't be written, or there are more or fewer bytes than numbers.</exception>
    public static int FromFloats(this TensorType type, ReadOnlySpan<float> source, Span<byte> destination)
    {
        if (destination.Length != (long)source.Length * type.SizeInBytes())
            throw new ArgumentException($"{destination.Length} bytes are not {source.Length} numbers of type {type}.", nameof(destination));
        switch (type)
        {
            case TensorType.F32:
                MemoryMarshal.AsBytes(source).CopyTo(destination);
                return -1;
            case TensorType.F16: return ToHalf(source, MemoryMarshal.Cast<byte, Half>(destination));
            case TensorType.BF16: return ToBFloat16(source, MemoryMarshal.Cast<byte, ushort>(destination));
            default: throw new ArgumentException($"Weights can be written as F32, F16 or BF16, not as {type}.", nameof(type));
        }
    }

    private static int ToHalf(ReadOnlySpan<float> source, Span<Half> destination)
    {
        var overflow = -1;
        for (var i = 0; i < source.Length; i++)
        {
            destination[i] = (Half)source[i];
            if (Half.IsInfinity(destination[i]) && float.IsFinite(source[i]) && overflow < 0)
                overflow = i;
        }

        return overflow;
    }

    private static int ToBFloat16(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        var overflow = -1;
        for (var i = 0; i < source.Length; i++)
        {
            destination[i] = ToBFloat16(source[i]);
            if ((destination[i] & 0x7FFF) == 0x7F80 && float.IsFinite(source[i]) && overflow < 0)
                overflow = i;
        }

        return overflow;
    }

    private static void FromBFloat16(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++)
            destination[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    private static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x40) // stays one, where rounding could make it infinite
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
