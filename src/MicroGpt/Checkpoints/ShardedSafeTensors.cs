using System.Buffers;
using System.Text.Json;

namespace MicroGpt.Checkpoints;

/// <summary>
/// Weights in several safetensors files, and the <c>model.safetensors.index.json</c> that says which tensor is in which, as
/// transformers writes models of more than a few gigabytes.
/// </summary>
public sealed class ShardedSafeTensors : ITensorSource
{
    /// <summary>The index's usual name.</summary>
    public const string IndexFile = "model.safetensors.index.json";

    private const long LongestIndex = 100_000_000; // bytes

    private static readonly SearchValues<char> s_notInNames = SearchValues.Create([.. Path.GetInvalidFileNameChars(), '/', '\\']);

    private readonly List<SafeTensorsFile> _shards = [];
    private readonly Dictionary<string, SafeTensorsFile> _places = [];

    private ShardedSafeTensors(string index)
    {
        try
        {
            if (new FileInfo(index).Length > LongestIndex)
                throw new InvalidDataException("it is longer than any index");
            foreach (var (file, names) in ReadIndex(File.ReadAllBytes(index)))
                Add(SafeTensorsFile.Open(Path.Combine(Path.GetDirectoryName(index) ?? "", file)), names);
            Entries = [.. _shards.SelectMany(shard => shard.Entries)];
        }
        catch (InvalidDataException exception)
        {
            Dispose();
            throw new InvalidDataException($"{index} is damaged: {exception.Message.TrimEnd('.')}.", exception);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>Opens all the files that an index names.</summary>
    /// <param name="index">The index; the files are in its folder.</param>
    /// <exception cref="IOException">A file is missing or can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the index does not say what is in them.</exception>
    public static ShardedSafeTensors Open(string index) => new(index);

    /// <inheritdoc/>
    public void Read(string name, Span<float> destination, long firstElement = 0) => ShardOf(name).Read(name, destination, firstElement);

    /// <inheritdoc/>
    public void Read(string name, Span<double> destination, long firstElement = 0) => ShardOf(name).Read(name, destination, firstElement);

    /// <inheritdoc/>
    public void Dispose() => _shards.ForEach(shard => shard.Dispose());

    /// <summary>Which tensors are in which file.</summary>
    /// <exception cref="InvalidDataException">It is no index, or names a file elsewhere; the message is the end of a sentence.</exception>
    internal static IReadOnlyDictionary<string, HashSet<string>> ReadIndex(ReadOnlyMemory<byte> content)
    {
        var files = new Dictionary<string, HashSet<string>>();
        try
        {
            using var json = JsonDocument.Parse(content);
            foreach (var entry in json.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                var file = entry.Value.GetString() ?? "";
                if (file.AsSpan().ContainsAny(s_notInNames) || !file.EndsWith(".safetensors", StringComparison.Ordinal))
                    throw new InvalidDataException($"it names the file \"{file}\", which is not a safetensors file in the same folder");
                if (!files.TryGetValue(file, out var names))
                    files.Add(file, names = []);
                if (!names.Add(entry.Name))
                    throw new InvalidDataException($"it names the tensor \"{entry.Name}\" twice");
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException("it is not an index of tensors", exception);
        }

        return files;
    }

    private void Add(SafeTensorsFile shard, HashSet<string> names)
    {
        _shards.Add(shard);
        foreach (var entry in shard.Entries)
            if (!_places.TryAdd(entry.Name, shard))
                throw new InvalidDataException($"{entry.Name} is in {Path.GetFileName(_places[entry.Name].Path)} and in {Path.GetFileName(shard.Path)}");
        if (names.FirstOrDefault(name => _places.GetValueOrDefault(name) != shard) is { } missing)
            throw new InvalidDataException($"{missing} is not in {Path.GetFileName(shard.Path)}");
    }

    private SafeTensorsFile ShardOf(string name) =>
        _places.GetValueOrDefault(name) ?? throw new ArgumentException($"There is no tensor {name}.", nameof(name));
}
