using System.Buffers.Binary;
using System.Text.Json;
using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints;

/// <summary>
/// The beginning of a safetensors file: the length of a header in 8 bytes, and the header in JSON, with name, type, shape and place
/// of every tensor. It is checked whole before anything is taken from the file: no length in it is believed, and the tensors must
/// fill the rest of the file without gap or overlap, as the format demands.
/// </summary>
internal sealed class SafeTensorsHeader
{
    /// <summary>The longest header that is read, in bytes: the format's own limit.</summary>
    public const int LongestHeader = 100_000_000;

    public const int PrefixBytes = sizeof(ulong);

    private readonly Dictionary<string, string> _metadata = [];

    private SafeTensorsHeader(JsonElement json, long dataStart, long available)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException("its header is not an object");
        var names = new HashSet<string>();
        var places = new List<(TensorEntry Entry, long Begin)>();
        foreach (var property in json.EnumerateObject())
            if (property.Name == "__metadata__")
                foreach (var text in property.Value.EnumerateObject())
                    _metadata[text.Name] = text.Value.GetString() ?? "";
            else if (names.Add(property.Name))
                places.Add(ReadEntry(property.Name, property.Value));
            else
                throw new InvalidDataException($"it holds the tensor \"{property.Name}\" twice");

        // Of two that begin together the empty one is first.
        places.Sort((a, b) => (a.Begin, a.Entry.Bytes).CompareTo((b.Begin, b.Entry.Bytes)));
        var end = 0L;
        foreach (var (entry, begin) in places)
        {
            if (begin != end)
                throw new InvalidDataException(begin < end ? "tensors overlap" : $"there is a gap before {entry.Name}");
            if (entry.Bytes > available - end)
                throw new InvalidDataException($"it is cut short: {entry.Name} is not all there");
            end += entry.Bytes;
        }

        if (end < available)
            throw new InvalidDataException($"{available - end:N0} bytes behind its tensors belong to nothing");
        Entries = [.. places.Select(place => place.Entry)];
        Offsets = places.ToDictionary(place => place.Entry.Name, place => dataStart + place.Begin);
    }

    /// <summary>The tensors, in the order in which they lie in the file.</summary>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>Where the tensors begin in the file.</summary>
    public IReadOnlyDictionary<string, long> Offsets { get; }

    /// <summary>The text stored beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>How long the header is, according to the file's first bytes.</summary>
    /// <param name="prefix">The first <see cref="PrefixBytes"/> of the file, or all of a shorter one.</param>
    /// <param name="fileLength">The whole file's length.</param>
    /// <exception cref="InvalidDataException">It does not fit into the file; the message is the end of a sentence.</exception>
    public static int LengthOf(ReadOnlySpan<byte> prefix, long fileLength)
    {
        if (prefix.Length < PrefixBytes)
            throw new InvalidDataException("it is cut short");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        return length <= LongestHeader && (long)length <= fileLength - PrefixBytes
            ? (int)length
            : throw new InvalidDataException("it is cut short, or not a safetensors file");
    }

    /// <summary>Reads a header.</summary>
    /// <param name="header">Its bytes, without the length before them.</param>
    /// <param name="fileLength">The whole file's length.</param>
    /// <exception cref="InvalidDataException">It is damaged; the message is the end of a sentence.</exception>
    public static SafeTensorsHeader Read(ReadOnlyMemory<byte> header, long fileLength)
    {
        try
        {
            using var json = JsonDocument.Parse(header);
            var dataStart = PrefixBytes + header.Length;
            return new SafeTensorsHeader(json.RootElement, dataStart, fileLength - dataStart);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException("its header can't be read", exception);
        }
    }

    private static (TensorEntry Entry, long Begin) ReadEntry(string name, JsonElement element)
    {
        var stored = element.GetProperty("dtype").GetString();
        if (!TensorTypes.TryParse(stored, out var type))
            throw new InvalidDataException($"{name} holds elements of the type {stored}; {string.Join(", ", TensorTypes.Names)} can be read");
        var offsets = element.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2)
            throw new InvalidDataException($"the place of {name} is not a begin and an end");
        var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        var shape = ReadShape(name, element.GetProperty("shape"));
        if (begin < 0 || end < begin || end - begin != (long)shape.Count * type.SizeInBytes())
            throw new InvalidDataException($"the place of {name} does not fit its shape");
        return (new TensorEntry(name, type, shape, end - begin), begin);
    }

    private static Shape ReadShape(string name, JsonElement element)
    {
        var rank = element.GetArrayLength();
        Span<int> sizes = stackalloc int[Math.Min(rank, Shape.MaxRank + 1)]; // one more than there may be is refused below
        for (var i = 0; i < sizes.Length; i++)
            sizes[i] = element[i].GetInt32();
        try
        {
            return rank == 0 ? new Shape(1) : new Shape(sizes);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"{name} has an impossible shape: {exception.Message}", exception);
        }
    }
}
