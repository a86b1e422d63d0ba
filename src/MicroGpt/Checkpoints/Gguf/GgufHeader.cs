using System.Numerics;
using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>A tensor in a GGUF file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its numbers are stored.</param>
/// <param name="Shape">Its shape, outermost dimension first (the file has it the other way round).</param>
/// <param name="Offset">Where it begins in the file.</param>
internal sealed record GgufTensor(string Name, GgmlType Type, Shape Shape, long Offset)
{
    /// <summary>What it takes.</summary>
    public long Bytes => Type.BytesOf(Shape.Count);
}

/// <summary>
/// What stands before the numbers of a GGUF file (ggml-org/ggml, <c>docs/gguf.md</c>): a version, the metadata, and the name, shape, type and
/// place of every tensor.
/// </summary>
/// <param name="BigEndian">Whether numbers are stored with their highest byte first, tensors' too.</param>
/// <param name="Metadata">The metadata.</param>
/// <param name="Tensors">The tensors, in the file's order.</param>
internal sealed record GgufHeader(bool BigEndian, GgufMetadata Metadata, IReadOnlyList<GgufTensor> Tensors)
{
    /// <summary>What a file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "GGUF"u8;

    /// <summary>The version that is written; the one before it, in which nothing can be big-endian, is read too.</summary>
    public const uint Version = 3;

    /// <summary>Tensors begin at multiples of this many bytes, if the metadata does not say otherwise.</summary>
    public const int DefaultAlignment = 32;

    /// <summary>The setting for another one.</summary>
    public const string AlignmentKey = "general.alignment";

    private const int SmallestValue = 13; // the length of a name, a type, a byte
    private const int SmallestTensor = 24; // the length of a name, the number of dimensions, a type, a place

    /// <summary>Reads a header.</summary>
    /// <param name="start">The file, or as much of it as can be seen at once.</param>
    /// <param name="fileLength">The whole file's length.</param>
    /// <exception cref="InvalidDataException">It is damaged, or holds what can't be read; the message is the end of a sentence.</exception>
    public static GgufHeader Read(ReadOnlySpan<byte> start, long fileLength)
    {
        var cursor = new GgufCursor(start);
        if (!cursor.Take(Magic.Length).SequenceEqual(Magic))
            throw new InvalidDataException("it does not begin with GGUF");
        var version = cursor.UInt32();
        if ((ushort)version == 0) // the version is small, so one without low bytes is seen from the wrong end
        {
            cursor.BigEndian = true;
            version = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(version);
        }

        if (version is not (2 or Version))
            throw new InvalidDataException($"it is of version {version} of GGUF; 2 and 3 can be read");
        var tensorCount = cursor.Count("tensors", SmallestTensor);
        var valueCount = cursor.Count("values", SmallestValue);
        var metadata = ReadMetadata(ref cursor, valueCount);
        var infos = new List<(string Name, Shape Shape, GgmlType Type, ulong Offset)>();
        for (var i = 0; i < tensorCount; i++)
            infos.Add(ReadTensor(ref cursor));
        return new GgufHeader(cursor.BigEndian, metadata, Place(infos, cursor.Position, Alignment(metadata), fileLength));
    }

    private static GgufMetadata ReadMetadata(ref GgufCursor cursor, int count)
    {
        var values = new OrderedDictionary<string, object>();
        for (var i = 0; i < count; i++)
        {
            var name = cursor.Text();
            if (!values.TryAdd(name, cursor.Value((GgufValueType)cursor.UInt32())))
                throw new InvalidDataException($"it has {name} twice");
        }

        return new GgufMetadata(values);
    }

    private static (string Name, Shape Shape, GgmlType Type, ulong Offset) ReadTensor(ref GgufCursor cursor)
    {
        var name = cursor.Text();
        var rank = cursor.UInt32();
        if (rank > Shape.MaxRank)
            throw new InvalidDataException($"{name} has {rank} dimensions; {Shape.MaxRank} can be");
        Span<int> sizes = [1, 1, 1, 1];
        for (var i = (int)rank - 1; i >= 0; i--)
        {
            var size = cursor.UInt64();
            sizes[i] = size <= Shape.MaxCount ? (int)size : throw new InvalidDataException($"{name} has a dimension of {size}, which is too large");
        }

        var type = cursor.UInt32();
        if (!Enum.IsDefined((GgmlType)type))
            throw new InvalidDataException(
                $"{name} is stored as {GgmlTypes.NameOf(type)}, which can't be read here; {GgmlTypes.Known} can. llama-quantize --allow-requantize makes an F16 file of it");
        return (name, ShapeOf(name, sizes[..Math.Max(1, (int)rank)], (GgmlType)type), (GgmlType)type, cursor.UInt64());
    }

    private static Shape ShapeOf(string name, ReadOnlySpan<int> sizes, GgmlType type)
    {
        var count = 1L;
        foreach (var size in sizes)
            if ((count *= size) > Shape.MaxCount)
                throw new InvalidDataException($"{name} has more than {Shape.MaxCount} numbers, which can't be used here");
        var shape = new Shape(sizes);
        return shape.Last % type.BlockLength() == 0
            ? shape
            : throw new InvalidDataException($"{name} has rows of {shape.Last} numbers, but {type} stores {type.BlockLength()} together");
    }

    private static uint Alignment(GgufMetadata metadata) =>
        metadata.Values.GetValueOrDefault(AlignmentKey) switch
        {
            null => DefaultAlignment,
            uint alignment when BitOperations.IsPow2(alignment) => alignment,
            _ => throw new InvalidDataException($"its {AlignmentKey} is no power of two"),
        };

    /// <summary>The places count from where the header ends, rounded up; there they must be aligned, in the file, and each tensor's own.</summary>
    private static GgufTensor[] Place(List<(string Name, Shape Shape, GgmlType Type, ulong Offset)> infos, long headerLength, uint alignment, long fileLength)
    {
        var dataStart = (headerLength + alignment - 1) / alignment * alignment;
        var names = new HashSet<string>();
        var tensors = new GgufTensor[infos.Count];
        for (var i = 0; i < tensors.Length; i++)
        {
            var (name, shape, type, offset) = infos[i];
            if (!names.Add(name))
                throw new InvalidDataException($"it has {name} twice");
            if (offset % alignment != 0)
                throw new InvalidDataException($"{name} is not at a multiple of {alignment} bytes");
            var bytes = type.BytesOf(shape.Count);
            if (offset > long.MaxValue || (long)offset > fileLength - dataStart - bytes)
                throw new InvalidDataException($"{name} reaches beyond the file's end: it is cut short");
            tensors[i] = new GgufTensor(name, type, shape, dataStart + (long)offset);
        }

        GgufTensor? previous = null;
        foreach (var tensor in tensors.Where(tensor => tensor.Bytes > 0).OrderBy(tensor => tensor.Offset))
        {
            if (previous is not null && tensor.Offset < previous.Offset + previous.Bytes)
                throw new InvalidDataException($"{previous.Name} and {tensor.Name} overlap");
            previous = tensor;
        }

        return tensors;
    }
}
