using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace MicroGpt.Training.TensorBoard;

/// <summary>
/// A record of an event file: TensorFlow's <c>Event</c> as a protocol buffer, framed as a TFRecord. Of the message this writes the few fields that
/// TensorBoard needs for scalars and texts (tensorflow/core/util/event.proto, framework/summary.proto).
/// </summary>
internal sealed class EventRecord
{
    // Field numbers in the tag of a field stand above the wire type: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
    private const int Varint = 0, Eight = 1, Bytes = 2, Four = 5;

    private readonly ArrayBufferWriter<byte> _record = new(512);
    private readonly ArrayBufferWriter<byte> _event = new(512);
    private readonly ArrayBufferWriter<byte> _summary = new(512);
    private readonly ArrayBufferWriter<byte> _value = new(512);

    /// <summary>Begins an event: <c>wall_time</c> is field 1 and <c>step</c> field 2.</summary>
    public EventRecord Begin(DateTime time, long step)
    {
        _event.ResetWrittenCount();
        _summary.ResetWrittenCount();
        Tag(_event, 1, Eight);
        BinaryPrimitives.WriteDoubleLittleEndian(_event.GetSpan(8), (time - DateTime.UnixEpoch).TotalSeconds);
        _event.Advance(8);
        Tag(_event, 2, Varint);
        Number(_event, (ulong)step);
        return this;
    }

    /// <summary>The version that every file begins with: field 3.</summary>
    public EventRecord FileVersion()
    {
        Field(_event, 3, "brain.Event:2"u8);
        return this;
    }

    /// <summary>A session begins (field 7, status START): what readers know of this step and later is void.</summary>
    public EventRecord SessionStart()
    {
        Field(_event, 7, [8, 1]);
        return this;
    }

    /// <summary>A scalar: a value (field 1 of the summary) with its tag (field 1) and number (field 2).</summary>
    public EventRecord Scalar(ReadOnlySpan<byte> tag, double number)
    {
        _value.ResetWrittenCount();
        Field(_value, 1, tag);
        Tag(_value, 2, Four);
        BinaryPrimitives.WriteSingleLittleEndian(_value.GetSpan(4), (float)number);
        _value.Advance(4);
        Field(_summary, 1, _value.WrittenSpan);
        return this;
    }

    /// <summary>A text: a tensor of one string, for the plugin "text".</summary>
    public EventRecord Text(ReadOnlySpan<byte> tag, string text)
    {
        _value.ResetWrittenCount();
        Field(_value, 1, tag);
        // metadata (9): plugin_data (1) with plugin_name (1) "text", and data_class (4), a tensor (2).
        Field(_value, 9, [0x0a, 6, 0x0a, 4, (byte)'t', (byte)'e', (byte)'x', (byte)'t', 0x20, 2]);
        var tensor = new ArrayBufferWriter<byte>();
        tensor.Write((ReadOnlySpan<byte>)[0x08, 7, 0x12, 4, 0x12, 2, 0x08, 1]); // dtype (1) string (7); shape (2) with one dim (2) of size (1) 1
        Field(tensor, 8, Encoding.UTF8.GetBytes(text)); // string_val
        Field(_value, 8, tensor.WrittenSpan);
        Field(_summary, 1, _value.WrittenSpan);
        return this;
    }

    /// <summary>The record: length, its checksum, the event, its checksum.</summary>
    public ReadOnlySpan<byte> End()
    {
        if (_summary.WrittenCount > 0)
            Field(_event, 5, _summary.WrittenSpan);
        _record.ResetWrittenCount();
        var length = _record.GetSpan(12)[..12];
        BinaryPrimitives.WriteInt64LittleEndian(length, _event.WrittenCount);
        BinaryPrimitives.WriteUInt32LittleEndian(length[8..], MaskedCrc(length[..8]));
        _record.Advance(12);
        _record.Write(_event.WrittenSpan);
        BinaryPrimitives.WriteUInt32LittleEndian(_record.GetSpan(4), MaskedCrc(_event.WrittenSpan));
        _record.Advance(4);
        return _record.WrittenSpan;
    }

    /// <summary>Where the records of a file up to a step end; one that is damaged, or was cut short, ends them too.</summary>
    public static int EndOf(ReadOnlySpan<byte> file, int step)
    {
        var end = 0;
        while (file.Length - end >= 16)
        {
            var record = file[end..];
            var length = BinaryPrimitives.ReadInt64LittleEndian(record);
            if (length < 0 || length > record.Length - 16
                || BinaryPrimitives.ReadUInt32LittleEndian(record[8..]) != MaskedCrc(record[..8])
                || BinaryPrimitives.ReadUInt32LittleEndian(record[(12 + (int)length)..]) != MaskedCrc(record.Slice(12, (int)length))
                || StepOf(record.Slice(12, (int)length)) is not { } at || at > step)
                break;
            end += 16 + (int)length;
        }

        return end;
    }

    /// <summary>As TFRecords have it: the CRC32C turned by 15 bits, and a constant added, so that checksums of checksums are not weak.</summary>
    internal static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }

    /// <summary>The step of an event that this program wrote, in which it is the second field.</summary>
    private static long? StepOf(ReadOnlySpan<byte> message)
    {
        const int At = 10; // behind the tag and the eight bytes of the time, and its own tag
        if (message.Length <= At || message[0] != (1 << 3 | Eight) || message[At - 1] != (2 << 3 | Varint))
            return null;
        var (step, shift) = (0L, 0);
        foreach (var one in message[At..])
        {
            step |= (long)(one & 0x7f) << shift;
            shift += 7;
            if (one < 0x80 || shift > 56)
                return step;
        }

        return null;
    }

    private static void Tag(ArrayBufferWriter<byte> output, int field, int wireType) => Number(output, (ulong)(field << 3 | wireType));

    private static void Field(ArrayBufferWriter<byte> output, int field, ReadOnlySpan<byte> content)
    {
        Tag(output, field, Bytes);
        Number(output, (ulong)content.Length);
        output.Write(content);
    }

    private static void Number(ArrayBufferWriter<byte> output, ulong number)
    {
        var span = output.GetSpan(10);
        var length = 0;
        for (; number >= 0x80; number >>= 7)
            span[length++] = (byte)(number | 0x80);
        span[length++] = (byte)number;
        output.Advance(length);
    }
}
