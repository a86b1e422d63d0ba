using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>
/// Writes GGUF (ggml-org/ggml, <c>docs/gguf.md</c>): the metadata, what the tensors are and where, then their numbers, by several threads and never
/// more than some pieces of them in memory.
/// </summary>
internal static class GgufWriter
{
    /// <summary>Writes a file, atomically.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="metadata">Names and values, in the .NET types of <see cref="GgufCursor.Value"/>.</param>
    /// <param name="tensors">What to write.</param>
    /// <param name="type">How to store each.</param>
    /// <param name="progress">Is told how many numbers are written.</param>
    /// <param name="cancellation">Ends it; nothing is left.</param>
    /// <exception cref="IOException">It could not be written; an old file of that name is untouched.</exception>
    /// <exception cref="InvalidDataException">The source is damaged, or has a number that the type can't hold.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, object> metadata, ITensorSource tensors, Func<TensorEntry, GgmlType> type,
        IProgress<long>? progress, CancellationToken cancellation)
    {
        var placed = Place(tensors.Entries, type);
        var header = Header(metadata, placed);
        var length = header.Length + (placed.Length == 0 ? 0 : Aligned(placed[^1].Offset + placed[^1].Bytes));
        AtomicFile.WriteParts(path, file =>
        {
            RandomAccess.SetLength(file, length); // zeros behind the last tensor and between
            RandomAccess.Write(file, header, 0);
            var written = 0L;
            InParallel.ForEach(
                placed.SelectMany(tensor => TensorLoading.Pieces(tensor.Shape.Count).Select(piece => (tensor, piece.First, piece.Count))),
                piece =>
                {
                    WritePiece(file, tensors, piece.tensor with { Offset = header.Length + piece.tensor.Offset }, piece.First, piece.Count);
                    progress?.Report(Interlocked.Add(ref written, piece.Count));
                },
                cancellation);
        });
    }

    /// <summary>The tensors one behind the other; their offsets count from the header's end.</summary>
    private static GgufTensor[] Place(IReadOnlyList<TensorEntry> entries, Func<TensorEntry, GgmlType> type)
    {
        var offset = 0L;
        return [.. entries.Select(entry =>
        {
            var tensor = new GgufTensor(entry.Name, type(entry), entry.Shape, offset);
            offset = Aligned(offset + tensor.Bytes);
            return tensor;
        })];
    }

    private static long Aligned(long offset) => (offset + GgufHeader.DefaultAlignment - 1) / GgufHeader.DefaultAlignment * GgufHeader.DefaultAlignment;

    private static byte[] Header(IReadOnlyDictionary<string, object> metadata, GgufTensor[] tensors)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        writer.Write(GgufHeader.Magic);
        writer.Write(GgufHeader.Version);
        writer.Write((ulong)tensors.Length);
        writer.Write((ulong)metadata.Count);
        foreach (var (name, value) in metadata)
        {
            WriteText(writer, name);
            WriteValue(writer, value);
        }

        foreach (var tensor in tensors)
        {
            WriteText(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Rank);
            foreach (var size in tensor.Shape.ToArray().Reverse())
                writer.Write((ulong)size);
            writer.Write((uint)tensor.Type);
            writer.Write((ulong)tensor.Offset);
        }

        stream.SetLength(Aligned(stream.Length));
        return stream.ToArray();
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)utf8.Length);
        writer.Write(utf8);
    }

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                writer.Write((uint)GgufValueType.Text);
                WriteText(writer, text);
                break;
            case uint number:
                writer.Write((uint)GgufValueType.UInt32);
                writer.Write(number);
                break;
            case float number:
                writer.Write((uint)GgufValueType.Float32);
                writer.Write(number);
                break;
            case bool flag:
                writer.Write((uint)GgufValueType.Bool);
                writer.Write(flag);
                break;
            case string[] texts:
                StartArray(GgufValueType.Text, texts.Length);
                foreach (var text in texts)
                    WriteText(writer, text);
                break;
            case int[] numbers:
                StartArray(GgufValueType.Int32, numbers.Length);
                foreach (var number in numbers)
                    writer.Write(number);
                break;
            default:
                throw new ArgumentException($"Values of the type {value.GetType().Name} are not written.", nameof(value));
        }

        void StartArray(GgufValueType element, int count)
        {
            writer.Write((uint)GgufValueType.Array);
            writer.Write((uint)element);
            writer.Write((ulong)count);
        }
    }

    private static void WritePiece(SafeFileHandle file, ITensorSource tensors, GgufTensor tensor, int first, int count)
    {
        var numbers = ArrayPool<float>.Shared.Rent(count);
        var size = (int)tensor.Type.BytesOf(count);
        var bytes = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            tensors.Read(tensor.Name, numbers.AsSpan(0, count), first);
            if (tensor.Type.FromFloats(numbers.AsSpan(0, count), bytes.AsSpan(0, size)) is >= 0 and var beyond)
                throw new InvalidDataException(FormattableString.Invariant(
                    $"{tensor.Name} has the number {numbers[beyond]} or a larger one beside it, which {tensor.Type} can't hold. F32 holds all: choose --type f32."));
            RandomAccess.Write(file, bytes.AsSpan(0, size), tensor.Offset + tensor.Type.BytesOf(first));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(numbers);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
