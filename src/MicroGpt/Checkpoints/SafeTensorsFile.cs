using System.Runtime.InteropServices;

namespace MicroGpt.Checkpoints;

/// <summary>A safetensors file (github.com/huggingface/safetensors), read where it lies.</summary>
public sealed class SafeTensorsFile : ITensorSource
{
    private readonly MappedFile _file;
    private readonly SafeTensorsHeader _header;
    private readonly Dictionary<string, TensorEntry> _entries;

    private SafeTensorsFile(MappedFile file)
    {
        _file = file;
        try
        {
            var length = SafeTensorsHeader.LengthOf(file.Slice(0, (int)Math.Min(file.Length, SafeTensorsHeader.PrefixBytes)), file.Length);
            _header = SafeTensorsHeader.Read(file.Slice(SafeTensorsHeader.PrefixBytes, length).ToArray(), file.Length);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{Path} is damaged: {exception.Message}.", exception);
        }

        _entries = _header.Entries.ToDictionary(entry => entry.Name);
    }

    /// <summary>The file's name.</summary>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public IReadOnlyList<TensorEntry> Entries => _header.Entries;

    /// <summary>The text stored beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or not of this format.</exception>
    public static SafeTensorsFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            return new SafeTensorsFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Read(string name, Span<float> destination, long firstElement = 0)
    {
        var type = Bytes(name, firstElement, destination.Length, out var bytes);
        type.ToFloats(bytes, destination);
    }

    /// <inheritdoc/>
    public void Read(string name, Span<double> destination, long firstElement = 0)
    {
        var type = Bytes(name, firstElement, destination.Length, out var bytes);
        if (type == TensorType.F64)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(destination));
            return;
        }

        var floats = new float[destination.Length];
        type.ToFloats(bytes, floats);
        for (var i = 0; i < floats.Length; i++)
            destination[i] = floats[i];
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private TensorType Bytes(string name, long firstElement, int count, out ReadOnlySpan<byte> bytes)
    {
        var entry = _entries.CheckRange(name, firstElement, count);
        var size = entry.Type.SizeInBytes();
        bytes = _file.Slice(_header.Offsets[name] + firstElement * size, checked(count * size));
        return entry.Type;
    }
}
