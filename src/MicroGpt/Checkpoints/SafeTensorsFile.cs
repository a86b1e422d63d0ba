using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using MicroGpt.Numerics;
using Microsoft.Win32.SafeHandles;

namespace MicroGpt.Checkpoints;

/// <summary>
/// Reads safetensors. The header is checked whole before anything is taken from the file: no length in it is believed, no
/// memory is allocated by it, and tensors may neither overlap nor reach beyond the end.
/// </summary>
public sealed class SafeTensorsFile : IDisposable
{
    /// <summary>The longest header that is read, in bytes: the format's own limit.</summary>
    public const int LongestHeader = 100_000_000;

    private readonly SafeFileHandle _file;
    private readonly long _dataStart;
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Dictionary<string, string> _metadata = [];

    private SafeTensorsFile(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
        var header = ReadHeader(out _dataStart);
        try
        {
            using var json = JsonDocument.Parse(header);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw Damaged("its header is not an object");
            foreach (var property in json.RootElement.EnumerateObject())
                if (property.Name == "__metadata__")
                    ReadMetadata(property.Value);
                else if (!_entries.TryAdd(property.Name, ReadEntry(property.Value)))
                    throw Damaged($"it holds the tensor \"{property.Name}\" twice");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Damaged("its header can't be read", exception);
        }

        CheckPlaces();
    }

    /// <summary>The file's name.</summary>
    public string Path { get; }

    /// <summary>The names of the tensors.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>The text stored beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or not of this format.</exception>
    public static SafeTensorsFile Open(string path)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path);
            return new SafeTensorsFile(path, file);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path}: the file can't be read (permission denied).", exception);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Fills tensors from those of the same names, converting between single and double precision.</summary>
    /// <exception cref="InvalidDataException">The names differ, a shape differs, or the file ends early; all names at once.</exception>
    public void ReadInto(IReadOnlyCollection<Tensor> tensors)
    {
        var missing = tensors.Where(tensor => !_entries.ContainsKey(tensor.Name)).Select(tensor => tensor.Name).ToArray();
        var unexpected = Names.Except(tensors.Select(tensor => tensor.Name)).ToArray();
        if (missing.Length + unexpected.Length > 0)
            throw new InvalidDataException(
                $"{Path} does not fit the model:{List(" it lacks ", missing)}{List(" it has unknown ", unexpected)}.");
        foreach (var tensor in tensors)
            Read(tensor, _entries[tensor.Name]);

        static string List(string what, string[] names) =>
            names.Length == 0 ? "" : what + string.Join(", ", names.Take(10)) + (names.Length > 10 ? $" and {names.Length - 10} more" : "");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal static string NameOf(DType dtype) => dtype switch
    {
        DType.Float32 => "F32",
        DType.Float64 => "F64",
        _ => "I32",
    };

    private byte[] ReadHeader(out long dataStart)
    {
        var length = RandomAccess.GetLength(_file);
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (length < prefix.Length)
            throw Damaged("it is cut short");
        ReadExactly(prefix, 0);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > LongestHeader || (long)headerLength > length - prefix.Length)
            throw Damaged("it is cut short, or not a safetensors file");
        var header = new byte[headerLength];
        ReadExactly(header, prefix.Length);
        dataStart = prefix.Length + header.Length;
        return header;
    }

    private void ReadMetadata(JsonElement metadata)
    {
        foreach (var property in metadata.EnumerateObject())
            _metadata[property.Name] = property.Value.GetString() ?? "";
    }

    private Entry ReadEntry(JsonElement element)
    {
        var dtype = element.GetProperty("dtype").GetString() switch
        {
            "F32" => DType.Float32,
            "F64" => DType.Float64,
            "I32" => DType.Int32,
            var other => throw Damaged($"it holds elements of the type {other}; F32 and F64 can be read"),
        };
        var sizes = element.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
        var offsets = element.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        Shape shape;
        try
        {
            shape = new Shape(sizes);
        }
        catch (ArgumentException exception)
        {
            throw Damaged("it holds a tensor of an impossible shape: " + exception.Message, exception);
        }

        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] - offsets[0] != (long)shape.Count * dtype.SizeInBytes())
            throw Damaged("a tensor's place does not fit its shape");
        return new Entry(dtype, shape, offsets[0], offsets[1]);
    }

    private void CheckPlaces()
    {
        var available = RandomAccess.GetLength(_file) - _dataStart;
        var end = 0L;
        foreach (var entry in _entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin < end)
                throw Damaged("tensors overlap");
            end = entry.End;
        }

        if (end > available)
            throw Damaged($"it is cut short ({available:N0} of {end:N0} bytes of numbers)");
    }

    private void Read(Tensor tensor, Entry entry)
    {
        if (entry.Shape != tensor.Shape)
            throw new InvalidDataException($"{Path}: {tensor.Name} has the shape {entry.Shape}; the model needs {tensor.Shape}.");
        if (entry.DType == tensor.DType)
        {
            ReadExactly(tensor.Bytes, _dataStart + entry.Begin);
            return;
        }

        if (entry.DType == DType.Int32)
            throw Damaged($"{tensor.Name} holds integers");
        var bytes = new byte[entry.End - entry.Begin];
        ReadExactly(bytes, _dataStart + entry.Begin);
        for (var i = 0; i < tensor.Shape.Count; i++)
            tensor[i] = entry.DType == DType.Float32
                ? MemoryMarshal.Cast<byte, float>(bytes)[i]
                : MemoryMarshal.Cast<byte, double>(bytes)[i];
    }

    private void ReadExactly(Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(_file, buffer, offset);
            if (read == 0)
                throw Damaged("it is cut short");
            buffer = buffer[read..];
            offset += read;
        }
    }

    private InvalidDataException Damaged(string how, Exception? inner = null) => new($"{Path} is damaged: {how}.", inner);

    private readonly record struct Entry(DType DType, Shape Shape, long Begin, long End);
}
