using System.Runtime.InteropServices;

namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>
/// A file that <c>torch.save</c> wrote (PyTorch 1.6 and later), read where it lies: a zip archive with a pickle, which says what
/// tensors there are, and their numbers in files of their own. Nothing in it is executed: see <c>docs/formats.md</c>.
/// </summary>
public sealed class TorchFile : ITensorSource
{
    private const int LongestPickle = 64 << 20; // bytes; that of a model of a thousand tensors has some 100,000
    private const int MostViews = 100;          // times the file's own size that its tensors may take together, as many may look at the same numbers
    private const int PieceElements = 4096;
    private const int LongestReach = 1 << 28;   // bytes between the first and the last of numbers that lie apart

    private readonly MappedFile _file;
    private readonly IReadOnlyDictionary<string, TorchTensor> _tensors;
    private readonly Dictionary<string, TensorEntry> _entries;
    private readonly Dictionary<string, long> _starts = []; // where the storages lie in the file

    private TorchFile(MappedFile file)
    {
        _file = file;
        try
        {
            TorchSignature.Check(file.Slice(0, (int)Math.Min(file.Length, TorchSignature.Bytes)));
            var parts = ZipDirectory.Read(file.Length, file.Slice);
            var folder = FindFolder(parts);
            if (parts.TryGetValue(folder + "byteorder", out var order) && (order.Length != 6 || !Bytes(order).SequenceEqual("little"u8)))
                throw new InvalidDataException("its numbers don't have their lowest byte first, and can't be read; load and save it on another machine");
            var pickle = parts[folder + TorchSignature.Pickle];
            if (pickle.Length > LongestPickle)
                throw new InvalidDataException($"its pickle has {pickle.Length:N0} bytes, more than any state_dict");
            var names = new TorchNames();
            _tensors = StateDict.Find(PickleReader.Read(Bytes(pickle), names));
            foreach (var storage in names.Storages.Values)
                _starts[storage.Key] = Find(storage, parts, $"{folder}data/{storage.Key}");
            Entries = [.. _tensors.Select(tensor => tensor.Value.Entry(tensor.Key))];
            if (Entries.Sum(entry => (double)entry.Bytes) > (double)MostViews * file.Length)
                throw new InvalidDataException($"its tensors together are more than {MostViews} times as large as it is");
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{Path} can't be read: {exception.Message}.", exception);
        }

        _entries = Entries.ToDictionary(entry => entry.Name);
    }

    /// <summary>The file's name.</summary>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>Opens a file and checks everything in it but the numbers.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, of another format, or has more in it than a state_dict; the message says what.</exception>
    public static TorchFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            return new TorchFile(file);
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
        var type = _entries.CheckRange(name, firstElement, destination.Length).Type;
        Span<byte> room = stackalloc byte[PieceElements * sizeof(double)];
        while (!destination.IsEmpty)
        {
            var bytes = Piece(_tensors[name], firstElement, destination.Length, room);
            var count = bytes.Length / type.SizeInBytes();
            type.ToFloats(bytes, destination[..count]);
            destination = destination[count..];
            firstElement += count;
        }
    }

    /// <inheritdoc/>
    public void Read(string name, Span<double> destination, long firstElement = 0)
    {
        var type = _entries.CheckRange(name, firstElement, destination.Length).Type;
        Span<byte> room = stackalloc byte[PieceElements * sizeof(double)];
        Span<float> floats = stackalloc float[PieceElements];
        while (!destination.IsEmpty)
        {
            var bytes = Piece(_tensors[name], firstElement, Math.Min(destination.Length, PieceElements), room);
            var count = bytes.Length / type.SizeInBytes();
            if (type == TensorType.F64)
            {
                bytes.CopyTo(MemoryMarshal.AsBytes(destination));
            }
            else
            {
                type.ToFloats(bytes, floats[..count]);
                for (var i = 0; i < count; i++)
                    destination[i] = floats[i];
            }

            destination = destination[count..];
            firstElement += count;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The bytes of some of the elements that are wanted: as they lie if they lie together, else collected in the room.</summary>
    private ReadOnlySpan<byte> Piece(TorchTensor tensor, long firstElement, int wanted, Span<byte> room)
    {
        var size = tensor.Storage.Type.SizeInBytes();
        var start = _starts[tensor.Storage.Key];
        var (first, available, stride) = tensor.Run(firstElement);
        if (stride == 1)
            return _file.Slice(start + first * size, (int)Math.Min(Math.Min(wanted, available), LongestReach / size) * size);
        var count = (int)Math.Min(Math.Min(wanted, available), room.Length / size);
        if (stride > 0)
            count = (int)Math.Min(count, 1 + LongestReach / size / stride);
        var distance = count == 1 ? 0 : (int)stride * size;
        var source = _file.Slice(start + first * size, (count - 1) * distance + size);
        for (var i = 0; i < count; i++)
            source.Slice(i * distance, size).CopyTo(room[(i * size)..]);
        return room[..(count * size)];
    }

    private static string FindFolder(IReadOnlyDictionary<string, FilePart> parts)
    {
        var pickles = parts.Keys.Where(name => name.EndsWith("/" + TorchSignature.Pickle, StringComparison.Ordinal)).ToArray();
        if (pickles.Length != 1 || pickles[0].Count(c => c == '/') != 1)
            throw new InvalidDataException($"it is a zip archive, but not one that torch.save wrote: it has no ARCHIVE/{TorchSignature.Pickle}");
        return pickles[0][..^TorchSignature.Pickle.Length];
    }

    private static long Find(TorchStorage storage, IReadOnlyDictionary<string, FilePart> parts, string name)
    {
        if (!parts.TryGetValue(name, out var part))
            throw new InvalidDataException($"it has no {name}, which its pickle speaks of");
        return (Int128)storage.Count * storage.Type.SizeInBytes() == part.Length
            ? part.Offset
            : throw new InvalidDataException($"{name} in it has {part.Length:N0} bytes, which are not {storage.Count:N0} numbers of type {storage.Type}");
    }

    private ReadOnlySpan<byte> Bytes(FilePart part) => _file.Slice(part.Offset, (int)part.Length);
}
