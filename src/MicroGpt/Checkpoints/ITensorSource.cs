using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints;

/// <summary>A tensor in a file.</summary>
/// <param name="Name">Its name, one of a kind in its source.</param>
/// <param name="Type">How its numbers are stored, or, where the format has types of its own, the smallest type that holds them.</param>
/// <param name="Shape">Its shape; a single number without a shape is (1).</param>
/// <param name="Bytes">What it takes in the file.</param>
public sealed record TensorEntry(string Name, TensorType Type, Shape Shape, long Bytes);

/// <summary>
/// Named tensors somewhere, read in pieces and as floats: a file in one of the formats, a model in memory, or another source seen
/// under other names. Nothing is read before it is asked for, so a model larger than memory can pass through.
/// </summary>
public interface ITensorSource : IDisposable
{
    /// <summary>What is there, in the order in which it is best read.</summary>
    IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>Reads some elements of a tensor. Several threads may read at once.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="destination">Receives as many elements as it has room for.</param>
    /// <param name="firstElement">Where they begin, in row-major order.</param>
    /// <exception cref="ArgumentException">There is no such tensor, or it has no such elements.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    void Read(string name, Span<float> destination, long firstElement = 0);

    /// <summary>The same in double precision, exactly where the source has it.</summary>
    void Read(string name, Span<double> destination, long firstElement = 0)
    {
        Span<float> floats = stackalloc float[256];
        for (var done = 0; done < destination.Length; done += floats.Length)
        {
            var piece = floats[..Math.Min(floats.Length, destination.Length - done)];
            Read(name, piece, firstElement + done);
            for (var i = 0; i < piece.Length; i++)
                destination[done + i] = piece[i];
        }
    }
}

/// <summary>What all sources need.</summary>
internal static class TensorEntries
{
    /// <summary>Finds a tensor, and checks that it has the elements that are asked for.</summary>
    /// <exception cref="ArgumentException">There is no such tensor, or it has no such elements.</exception>
    public static TensorEntry CheckRange(this IReadOnlyDictionary<string, TensorEntry> entries, string name, long firstElement, int count)
    {
        if (!entries.TryGetValue(name, out var entry))
            throw new ArgumentException($"There is no tensor {name}.", nameof(name));
        if (firstElement < 0 || firstElement > entry.Shape.Count - count)
            throw new ArgumentException($"{name} {entry.Shape} has no {count} elements from {firstElement} on.", nameof(firstElement));
        return entry;
    }
}
