using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using MicroGpt.Numerics;
using Microsoft.Win32.SafeHandles;

namespace MicroGpt.Checkpoints;

/// <summary>
/// Writes safetensors (github.com/huggingface/safetensors): the length of a header in 8 bytes, the header in JSON (name, type,
/// shape and place of every tensor), then the numbers, by several threads and never more than some pieces of them in memory.
/// </summary>
public static class SafeTensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Writes tensors in memory as they are, atomically.</summary>
    /// <inheritdoc cref="Write(string, ITensorSource, IReadOnlyDictionary{string, string}, TensorType?, IProgress{long}, CancellationToken)"/>
    public static void Write(string path, IReadOnlyCollection<Tensor> tensors, IReadOnlyDictionary<string, string> metadata) =>
        Write(path, new TensorsInMemory(tensors), metadata);

    /// <summary>Writes a file, atomically.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="tensors">What to write.</param>
    /// <param name="metadata">Text to store beside them.</param>
    /// <param name="type">How to store the numbers, or null for how the source does, as far as these are floats, and else F32.</param>
    /// <param name="progress">Is told how many numbers are written.</param>
    /// <param name="cancellation">Ends it; nothing is left.</param>
    /// <exception cref="IOException">It could not be written; an old file of that name is untouched.</exception>
    /// <exception cref="InvalidDataException">The source is damaged, or has a number that the type can't hold.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static void Write(
        string path, ITensorSource tensors, IReadOnlyDictionary<string, string> metadata, TensorType? type = null,
        IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        // The wider types first, so that every number is aligned to its size.
        var entries = tensors.Entries.Select(entry => Stored(entry, type)).OrderByDescending(entry => entry.Type.SizeInBytes()).ToArray();
        var header = Header(entries, metadata);
        AtomicFile.WriteParts(path, file =>
        {
            RandomAccess.Write(file, header, 0);
            var written = 0L;
            InParallel.ForEach(
                Pieces(entries, header.Length),
                piece =>
                {
                    WritePiece(file, tensors, piece);
                    progress?.Report(Interlocked.Add(ref written, piece.Count));
                },
                cancellation);
        });
    }

    private static TensorEntry Stored(TensorEntry entry, TensorType? type)
    {
        var stored = type ?? (entry.Type.IsFloat() ? entry.Type : TensorType.F32);
        return entry with { Type = stored, Bytes = (long)entry.Shape.Count * stored.SizeInBytes() };
    }

    private static IEnumerable<Piece> Pieces(TensorEntry[] entries, long offset)
    {
        foreach (var entry in entries)
        {
            foreach (var (first, count) in TensorLoading.Pieces(entry.Shape.Count))
                yield return new Piece(entry, first, count, offset + (long)first * entry.Type.SizeInBytes());
            offset += entry.Bytes;
        }
    }

    private static void WritePiece(SafeFileHandle file, ITensorSource tensors, Piece piece)
    {
        var ((name, type, _, _), first, count, offset) = piece;
        var buffer = ArrayPool<byte>.Shared.Rent(count * type.SizeInBytes());
        try
        {
            var bytes = buffer.AsSpan(0, count * type.SizeInBytes());
            if (type == TensorType.F64)
                tensors.Read(name, MemoryMarshal.Cast<byte, double>(bytes), first);
            else if (type == TensorType.F32)
                tensors.Read(name, MemoryMarshal.Cast<byte, float>(bytes), first);
            else
                Convert(tensors, piece, bytes);
            RandomAccess.Write(file, bytes, offset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Convert(ITensorSource tensors, Piece piece, Span<byte> bytes)
    {
        var ((name, type, _, _), first, count, _) = piece;
        var buffer = ArrayPool<float>.Shared.Rent(count);
        try
        {
            var numbers = buffer.AsSpan(0, count);
            tensors.Read(name, numbers, first);
            if (type.FromFloats(numbers, bytes) is >= 0 and var beyond)
                throw new InvalidDataException(FormattableString.Invariant(
                    $"{name} has the number {numbers[beyond]}, which {type} can't hold. Choose another type: F32 holds all, and BF16 has nearly its range."));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private static byte[] Header(TensorEntry[] entries, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(stackalloc byte[SafeTensorsHeader.PrefixBytes]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
            var offset = 0L;
            foreach (var entry in entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", entry.Type.ToString());
                json.WriteStartArray("shape");
                foreach (var size in entry.Shape.ToArray())
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += entry.Bytes);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.WrittenCount % Alignment != 0)
            buffer.Write(" "u8);
        var header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)(header.Length - SafeTensorsHeader.PrefixBytes));
        return header;
    }

    private sealed record Piece(TensorEntry Entry, int First, int Count, long Offset);
}
