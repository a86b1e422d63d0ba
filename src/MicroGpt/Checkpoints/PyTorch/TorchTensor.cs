using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>Numbers in a file of their own inside the archive, which several tensors may look at.</summary>
/// <param name="Key">The file's name: <c>data/KEY</c>.</param>
/// <param name="Type">What they are.</param>
/// <param name="Count">How many there are.</param>
internal sealed record TorchStorage(string Key, TensorType Type, long Count);

/// <summary>A tensor as PyTorch has it: a view of a storage, in which neighbours may lie anywhere.</summary>
internal sealed class TorchTensor
{
    private const int MostDimensions = 64; // as in PyTorch

    // Dimensions without those of size 1, and one where two neighbours can be walked through as one; at least one.
    private readonly (long Size, long Stride)[] _dimensions;
    private readonly long _offset;
    private readonly long[] _sizes;

    /// <summary>Checks that all elements are in the storage.</summary>
    /// <param name="storage">The storage.</param>
    /// <param name="offset">The first element's place in it.</param>
    /// <param name="sizes">The sizes of the dimensions; none for a single number.</param>
    /// <param name="strides">How far apart neighbours lie, along each dimension.</param>
    /// <exception cref="InvalidDataException">They are not; the message is the end of a sentence.</exception>
    public TorchTensor(TorchStorage storage, long offset, long[] sizes, long[] strides)
    {
        if (sizes.Length != strides.Length || sizes.Length > MostDimensions || offset < 0 || sizes.Any(size => size < 0) || strides.Any(stride => stride < 0))
            throw new InvalidDataException("a tensor has an impossible shape");
        var isEmpty = sizes.Contains(0);
        var (count, last) = ((Int128)1, (Int128)offset);
        for (var i = 0; i < sizes.Length && !isEmpty; i++)
        {
            count *= sizes[i];
            last += (Int128)(sizes[i] - 1) * strides[i];
            if (count > Shape.MaxCount)
                throw new InvalidDataException($"a tensor has more than {Shape.MaxCount:N0} numbers");
            if (last >= storage.Count)
                break;
        }

        if (last >= storage.Count && !isEmpty)
            throw new InvalidDataException($"a tensor reaches beyond the {storage.Count:N0} numbers of its storage {storage.Key}");
        (Storage, _offset, _sizes) = (storage, offset, sizes);
        _dimensions = Join(sizes, strides);
    }

    public TorchStorage Storage { get; }

    /// <summary>What others see of it; a single number has the shape (1).</summary>
    /// <exception cref="InvalidDataException">No tensor here can have its shape; the message is the end of a sentence.</exception>
    public TensorEntry Entry(string name)
    {
        try
        {
            var shape = _sizes.Length == 0 ? new Shape(1) : new Shape([.. _sizes.Select(size => (int)Math.Min(size, int.MaxValue))]);
            return new TensorEntry(name, Storage.Type, shape, (long)shape.Count * Storage.Type.SizeInBytes());
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"{name} has a shape that no tensor here can have ({exception.Message})", exception);
        }
    }

    /// <summary>Elements that lie at even distances in the storage.</summary>
    /// <param name="element">The first, in row-major order; the tensor has it.</param>
    /// <returns>Its place in the storage, how many there are from it on, and how far they lie apart.</returns>
    public (long Start, long Count, long Stride) Run(long element)
    {
        var (size, stride) = _dimensions[^1];
        var start = _offset + element % size * stride;
        var row = element / size;
        for (var i = _dimensions.Length - 2; i >= 0; i--)
        {
            start += row % _dimensions[i].Size * _dimensions[i].Stride;
            row /= _dimensions[i].Size;
        }

        return (start, size - element % size, stride);
    }

    private static (long Size, long Stride)[] Join(long[] sizes, long[] strides)
    {
        var joined = new List<(long Size, long Stride)>();
        for (var i = 0; i < sizes.Length; i++)
            if (sizes[i] == 1)
                continue;
            else if (joined.Count > 0 && sizes[i] > 0 && (Int128)joined[^1].Stride == (Int128)sizes[i] * strides[i])
                joined[^1] = (joined[^1].Size * sizes[i], strides[i]);
            else
                joined.Add((sizes[i], strides[i]));
        return joined.Count == 0 ? [(1, 1)] : [.. joined];
    }
}
