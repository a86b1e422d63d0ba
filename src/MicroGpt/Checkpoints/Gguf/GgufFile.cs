using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>A GGUF file (ggml-org/ggml, <c>docs/gguf.md</c>), read where it lies.</summary>
internal sealed class GgufFile : ITensorSource
{
    private const int PieceBytes = 1 << 20; // turned at a time, where the bytes are the wrong way round

    private readonly MappedFile _file;
    private readonly GgufHeader _header;
    private readonly Dictionary<string, TensorEntry> _entries;
    private readonly Dictionary<string, GgufTensor> _tensors;

    private GgufFile(MappedFile file)
    {
        _file = file;
        _header = GgufHeader.Read(file.Slice(0, (int)Math.Min(file.Length, int.MaxValue)), file.Length);
        Entries = [.. _header.Tensors.Select(tensor => new TensorEntry(tensor.Name, tensor.Type.Widened(), tensor.Shape, tensor.Bytes))];
        _entries = Entries.ToDictionary(entry => entry.Name);
        _tensors = _header.Tensors.ToDictionary(tensor => tensor.Name);
    }

    public IReadOnlyList<TensorEntry> Entries { get; }

    public GgufMetadata Metadata => _header.Metadata;

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or holds what can't be read.</exception>
    public static GgufFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            return new GgufFile(file);
        }
        catch (InvalidDataException exception)
        {
            file.Dispose();
            throw new InvalidDataException($"{path} can't be read: {exception.Message}.", exception);
        }
    }

    public void Read(string name, Span<float> destination, long firstElement = 0)
    {
        _entries.CheckRange(name, firstElement, destination.Length);
        var tensor = _tensors[name];
        var length = tensor.Type.BlockLength();
        Span<float> block = stackalloc float[BlockQuantization.Length];
        while (!destination.IsEmpty)
        {
            var (at, before) = Math.DivRem(firstElement, length);
            var count = Math.Min(destination.Length, PieceBytes / sizeof(float));
            if (before == 0 && count >= length)
            {
                count -= count % length;
                ReadBlocks(tensor, at, destination[..count]);
            }
            else
            {
                count = (int)Math.Min(count, length - before); // the part of a block that is asked for
                ReadBlocks(tensor, at, block);
                block.Slice((int)before, count).CopyTo(destination);
            }

            destination = destination[count..];
            firstElement += count;
        }
    }

    public void Dispose() => _file.Dispose();

    private void ReadBlocks(GgufTensor tensor, long firstBlock, Span<float> destination)
    {
        var size = tensor.Type.BlockBytes();
        var bytes = _file.Slice(tensor.Offset + firstBlock * size, destination.Length / tensor.Type.BlockLength() * size);
        if (!_header.BigEndian)
        {
            tensor.Type.ToFloats(bytes, destination);
            return;
        }

        var turned = ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            bytes.CopyTo(turned);
            Turn(tensor.Type, turned.AsSpan(0, bytes.Length));
            tensor.Type.ToFloats(turned.AsSpan(0, bytes.Length), destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(turned);
        }
    }

    /// <summary>Reverses the bytes of every number; of a block, those of the scale, its only number of more than one.</summary>
    internal static void Turn(GgmlType type, Span<byte> bytes)
    {
        if (type == GgmlType.F32)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(bytes), MemoryMarshal.Cast<byte, uint>(bytes));
        else
            for (var size = type.BlockBytes(); !bytes.IsEmpty; bytes = bytes[size..])
                bytes[..sizeof(ushort)].Reverse();
    }
}
