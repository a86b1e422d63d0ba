using System.Numerics;
using System.Runtime.InteropServices;
using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints;

/// <summary>A source seen through the rules of a <see cref="TensorMapping"/>, by which only what is asked for is read.</summary>
internal sealed class MappedTensors : ITensorSource
{
    private readonly Dictionary<string, MappedTensor> _tensors;
    private readonly Dictionary<string, TensorEntry> _entries;

    public MappedTensors(ITensorSource source, IReadOnlyList<MappedTensor> tensors)
    {
        Source = source;
        Entries = [.. tensors.Select(tensor => tensor.Entry)];
        _tensors = tensors.ToDictionary(tensor => tensor.Entry.Name);
        _entries = Entries.ToDictionary(entry => entry.Name);
    }

    /// <summary>What is read.</summary>
    public ITensorSource Source { get; }

    public IReadOnlyList<TensorEntry> Entries { get; }

    public void Read(string name, Span<float> destination, long firstElement = 0) => ReadAny(name, destination, firstElement);

    public void Read(string name, Span<double> destination, long firstElement = 0) => ReadAny(name, destination, firstElement);

    public void Dispose() => Source.Dispose();

    /// <summary>
    /// The same rules for the source itself, where each of their parts is a whole tensor that is a single part of another: what is turned
    /// twice is not turned at all, where reading it through both mappings would fetch every number by itself.
    /// </summary>
    /// <returns>The rules, or null where one of them needs both mappings.</returns>
    public IReadOnlyList<TensorRule>? Resolve(IReadOnlyList<TensorRule> rules)
    {
        var direct = rules.Select(rule => new TensorRule(rule.Target, [.. rule.Parts.Select(Resolve).OfType<TensorPart>()])).ToArray();
        return direct.Zip(rules).All(pair => pair.First.Parts.Count == pair.Second.Parts.Count) ? direct : null;
    }

    private TensorPart? Resolve(TensorPart part)
    {
        if (part is not { FirstRow: 0, Rows: null, Row: null } || _tensors.GetValueOrDefault(part.Source) is not { Parts: [var only] })
            return null;
        if (!part.Transposed)
            return only.Rule;
        return only.IsWhole ? only.Rule with { Transposed = !only.Rule.Transposed } : null;
    }

    private void ReadAny<T>(string name, Span<T> destination, long firstElement) where T : unmanaged, INumber<T>
    {
        _entries.CheckRange(name, firstElement, destination.Length);
        var tensor = _tensors[name];
        var partStart = 0L; // of the target's elements
        foreach (var part in tensor.Parts)
        {
            var begin = Math.Max(firstElement, partStart);
            var end = Math.Min(firstElement + destination.Length, partStart + (long)part.Rows * part.Columns);
            if (begin < end)
                ReadPart(part, destination.Slice((int)(begin - firstElement), (int)(end - begin)), begin - partStart);
            partStart += (long)part.Rows * part.Columns;
        }
    }

    private void ReadPart<T>(MappedPart part, Span<T> destination, long first) where T : unmanaged, INumber<T>
    {
        if (part.Rule.Transposed)
            ReadColumns(part, destination, first);
        else if (part.Rule.Row is null)
            ReadSource(part.Rule.Source, destination, (long)part.Rule.FirstRow * part.Columns + first);
        else
            while (!destination.IsEmpty)
            {
                var (row, column) = Math.DivRem(first, part.Columns);
                var count = (int)Math.Min(destination.Length, part.Columns - column);
                ReadSource(part.Rule.Source, destination[..count], (part.Rule.FirstRow + (long)part.Rule.Row((int)row)) * part.Columns + column);
                destination = destination[count..];
                first += count;
            }
    }

    /// <summary>Rows of the target are columns of the source: of every row of the source, as many neighbours are read as rows are wanted.</summary>
    private void ReadColumns<T>(MappedPart part, Span<T> destination, long first) where T : unmanaged, INumber<T>
    {
        var firstRow = first / part.Columns;
        var rows = (int)((first + destination.Length - 1) / part.Columns - firstRow) + 1;
        var neighbours = new T[rows];
        for (var column = 0; column < part.Columns; column++)
        {
            ReadSource(part.Rule.Source, neighbours.AsSpan(), (long)column * part.SourceColumns + part.Rule.FirstRow + firstRow);
            for (var row = 0; row < rows; row++)
                if ((firstRow + row) * part.Columns + column - first is var at && at >= 0 && at < destination.Length)
                    destination[(int)at] = neighbours[row];
        }
    }

    private void ReadSource<T>(string name, Span<T> destination, long firstElement) where T : unmanaged
    {
        if (typeof(T) == typeof(double))
            Source.Read(name, MemoryMarshal.Cast<T, double>(destination), firstElement);
        else
            Source.Read(name, MemoryMarshal.Cast<T, float>(destination), firstElement);
    }
}

/// <summary>A tensor that is made by a rule.</summary>
/// <param name="Entry">What comes out.</param>
/// <param name="Parts">What its rows are taken from.</param>
internal sealed record MappedTensor(TensorEntry Entry, IReadOnlyList<MappedPart> Parts)
{
    /// <summary>Fits a rule to the tensors there are.</summary>
    /// <returns>What does not fit, or null.</returns>
    public static string? TryCreate(TensorRule rule, IReadOnlyDictionary<string, TensorEntry> sources, out MappedTensor? tensor)
    {
        tensor = null;
        var parts = new List<MappedPart>();
        foreach (var part in rule.Parts)
        {
            var shape = sources[part.Source].Shape;
            if (part.Transposed && shape.Rank != 2)
                return $"{part.Source} has the shape {shape}, where a matrix is needed";
            var sourceRows = shape[0];
            var sourceColumns = sourceRows == 0 ? 0 : shape.Count / sourceRows;
            var (available, columns) = part.Transposed ? (sourceColumns, sourceRows) : (sourceRows, sourceColumns);
            var rows = part.Rows ?? available - part.FirstRow;
            if (part.FirstRow < 0 || rows < 0 || part.FirstRow > available - rows || (parts.Count > 0 && parts[0].Columns != columns))
                return $"{part.Source} has the shape {shape}, of which {rule.Target} can't be made";
            parts.Add(new MappedPart(part, rows, columns, sourceColumns, rows == available && part.Row is null));
        }

        var first = sources[rule.Parts[0].Source];
        var total = parts.Sum(part => (long)part.Rows);
        if (total * parts[0].Columns > Shape.MaxCount)
            return $"{rule.Target} would have {total * parts[0].Columns:N0} numbers, more than a tensor can have";
        int[] sizes = rule.Parts[0].Transposed ? [(int)total, parts[0].Columns] : [(int)total, .. first.Shape.ToArray()[1..]];
        var result = new Shape(sizes);
        tensor = new MappedTensor(new TensorEntry(rule.Target, first.Type, result, (long)result.Count * first.Type.SizeInBytes()), parts);
        return null;
    }
}

/// <summary>A part with its sizes.</summary>
/// <param name="Rule">What the rule says.</param>
/// <param name="Rows">Rows of the target that it makes.</param>
/// <param name="Columns">Elements of a row of the target.</param>
/// <param name="SourceColumns">Elements of a row of the source.</param>
/// <param name="IsWhole">Whether it is all of the source in its order.</param>
internal sealed record MappedPart(TensorPart Rule, int Rows, int Columns, int SourceColumns, bool IsWhole);
