using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints;

/// <summary>
/// Writes safetensors (github.com/huggingface/safetensors): the length of a header in 8 bytes, the header in JSON (name, type,
/// shape and place of every tensor), then the numbers.
/// </summary>
public static class SafeTensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Writes a file, atomically.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="tensors">Tensors with distinct names.</param>
    /// <param name="metadata">Text to store beside them.</param>
    /// <exception cref="IOException">It could not be written; an old file of that name is untouched.</exception>
    public static void Write(string path, IReadOnlyCollection<Tensor> tensors, IReadOnlyDictionary<string, string> metadata) =>
        AtomicFile.Write(path, stream =>
        {
            stream.Write(Header(tensors, metadata));
            foreach (var tensor in tensors)
                stream.Write(tensor.Bytes);
        });

    private static byte[] Header(IReadOnlyCollection<Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Advance(Empty(buffer, sizeof(ulong)));
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
            var offset = 0L;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", SafeTensorsFile.NameOf(tensor.DType));
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape.ToArray())
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Bytes.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.WrittenCount % Alignment != 0)
            buffer.Write(" "u8);
        var header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)(header.Length - sizeof(ulong)));
        return header;
    }

    private static int Empty(ArrayBufferWriter<byte> buffer, int count)
    {
        buffer.GetSpan(count)[..count].Clear();
        return count;
    }
}
