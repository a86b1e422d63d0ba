using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>Reads the numbers and texts of a GGUF file one after the other. Nothing is believed before there are bytes for it.</summary>
/// <param name="bytes">The file from its start.</param>
/// <remarks>Everything throws an <see cref="InvalidDataException"/> whose message is the end of a sentence about the file.</remarks>
internal ref struct GgufCursor(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Whether the file was made for a machine that stores the highest byte of a number first.</summary>
    public bool BigEndian { get; set; }

    /// <summary>How much was read.</summary>
    public int Position { get; private set; }

    private readonly int Remaining => _bytes.Length - Position;

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
            throw new InvalidDataException("it is cut short");
        var taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    public uint UInt32() => BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint))) : BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong UInt64() => BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(Take(sizeof(ulong))) : BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>How many things follow, which can't be more than there are bytes for.</summary>
    /// <param name="what">What they are called.</param>
    /// <param name="smallest">The bytes that each takes at least.</param>
    public int Count(string what, int smallest)
    {
        var count = UInt64();
        return count <= (ulong)(Remaining / smallest)
            ? (int)count
            : throw new InvalidDataException($"it should have {count} {what}, for which it is too short");
    }

    /// <summary>A length and so many bytes of UTF-8.</summary>
    public string Text()
    {
        var utf8 = Take(Count("bytes in a text", 1));
        try
        {
            return s_strict.GetString(utf8);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"the text at {Position - utf8.Length} is not UTF-8", exception);
        }
    }

    /// <summary>A value of the metadata, as the .NET type of its own: a number, true or false, a text, or an array of these.</summary>
    public object Value(GgufValueType type)
    {
        if (type != GgufValueType.Array)
            return Scalar(type);
        var element = (GgufValueType)UInt32();
        return element switch
        {
            GgufValueType.Array => throw new InvalidDataException("it has an array of arrays, which can't be read here"),
            GgufValueType.Text => Texts(),
            GgufValueType.Bool => Array.ConvertAll(Numbers<byte>(), value => value != 0),
            GgufValueType.UInt8 => Numbers<byte>(),
            GgufValueType.Int8 => Numbers<sbyte>(),
            GgufValueType.UInt16 => Numbers<ushort>(),
            GgufValueType.Int16 => Numbers<short>(),
            GgufValueType.UInt32 => Numbers<uint>(),
            GgufValueType.Int32 => Numbers<int>(),
            GgufValueType.Float32 => Numbers<float>(),
            GgufValueType.UInt64 => Numbers<ulong>(),
            GgufValueType.Int64 => Numbers<long>(),
            GgufValueType.Float64 => Numbers<double>(),
            _ => throw Unknown(element),
        };
    }

    private object Scalar(GgufValueType type) => type switch
    {
        GgufValueType.Text => Text(),
        GgufValueType.Bool => Number<byte>() != 0,
        GgufValueType.UInt8 => Number<byte>(),
        GgufValueType.Int8 => Number<sbyte>(),
        GgufValueType.UInt16 => Number<ushort>(),
        GgufValueType.Int16 => Number<short>(),
        GgufValueType.UInt32 => Number<uint>(),
        GgufValueType.Int32 => Number<int>(),
        GgufValueType.Float32 => Number<float>(),
        GgufValueType.UInt64 => Number<ulong>(),
        GgufValueType.Int64 => Number<long>(),
        GgufValueType.Float64 => Number<double>(),
        _ => throw Unknown(type),
    };

    private string[] Texts()
    {
        var texts = new string[Count("texts in an array", sizeof(ulong))];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = Text();
        return texts;
    }

    private T Number<T>() where T : unmanaged
    {
        T number = default;
        Fill(MemoryMarshal.CreateSpan(ref number, 1));
        return number;
    }

    private T[] Numbers<T>() where T : unmanaged
    {
        var numbers = new T[Count("numbers in an array", Unsafe.SizeOf<T>())];
        Fill(numbers.AsSpan());
        return numbers;
    }

    private void Fill<T>(Span<T> numbers) where T : unmanaged
    {
        var destination = MemoryMarshal.AsBytes(numbers);
        Take(destination.Length).CopyTo(destination);
        if (BigEndian == BitConverter.IsLittleEndian)
            for (var size = Unsafe.SizeOf<T>(); !destination.IsEmpty; destination = destination[size..])
                destination[..size].Reverse();
    }

    private static InvalidDataException Unknown(GgufValueType type) => new($"it has a value of type {(uint)type}, which is unknown");
}
