using System.Text;

namespace MicroGpt.Data.Documents.Parquet;

/// <summary>The type of a field in Thrift's compact protocol.</summary>
internal enum ThriftType
{
    Stop, True, False, Byte, Int16, Int32, Int64, Double, Binary, List, Set, Map, Struct, Uuid,
}

/// <summary>
/// Reads Thrift's compact protocol, in which Parquet describes itself
/// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md). All methods throw
/// <see cref="EndOfStreamException"/> where the data ends too early, and <see cref="InvalidDataException"/> where it makes no sense.
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> data)
{
    private const int DeepestNesting = 32;

    private readonly ReadOnlySpan<byte> _data = data;
    private short _field;

    /// <summary>How many bytes have been read.</summary>
    public int Position { get; private set; }

    /// <summary>Begins a structure.</summary>
    /// <returns>What <see cref="EndStruct"/> needs to go on with the one round it.</returns>
    public short BeginStruct()
    {
        var outer = _field;
        _field = 0;
        return outer;
    }

    public void EndStruct(short outer) => _field = outer;

    /// <summary>Reads which field of the structure comes next.</summary>
    /// <returns>False at the structure's end.</returns>
    public bool NextField(out short field, out ThriftType type)
    {
        var header = Byte();
        type = Type(header & 15);
        field = 0;
        if (type == ThriftType.Stop)
            return false;
        field = _field = header >> 4 is var step and not 0 ? (short)(_field + step) : (short)Int64();
        return true;
    }

    /// <summary>Reads how many elements a list has, and of which type.</summary>
    /// <returns>Their number, no larger than the number of bytes left.</returns>
    public int List(out ThriftType type)
    {
        var header = Byte();
        type = Type(header & 15);
        var count = header >> 4 is var few and < 15 ? (ulong)few : UInt64();
        return count <= (ulong)(_data.Length - Position) ? (int)count : throw new EndOfStreamException("it ends too early");
    }

    public long Int64()
    {
        var value = UInt64();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public string Text() => Encoding.UTF8.GetString(Binary());

    public ReadOnlySpan<byte> Binary()
    {
        var length = UInt64();
        if (length > (ulong)(_data.Length - Position))
            throw new EndOfStreamException("it ends too early");
        var value = _data.Slice(Position, (int)length);
        Position += (int)length;
        return value;
    }

    /// <summary>Passes a value.</summary>
    public void Skip(ThriftType type, int depth = 0)
    {
        if (depth > DeepestNesting)
            throw new InvalidDataException("it is nested too deeply");
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                break;
            case ThriftType.Byte:
                Byte();
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                UInt64();
                break;
            case ThriftType.Double:
                Pass(8);
                break;
            case ThriftType.Uuid:
                Pass(16);
                break;
            case ThriftType.Binary:
                Binary();
                break;
            case ThriftType.List or ThriftType.Set:
                for (var count = List(out var element); count > 0; count--)
                    SkipElement(element, depth);
                break;
            case ThriftType.Map:
                SkipMap(depth);
                break;
            default:
                var outer = BeginStruct();
                while (NextField(out _, out var field))
                    Skip(field, depth + 1);
                EndStruct(outer);
                break;
        }
    }

    private void SkipMap(int depth)
    {
        var count = UInt64();
        if (count == 0)
            return;
        if (count > (ulong)(_data.Length - Position))
            throw new EndOfStreamException("it ends too early");
        var types = Byte();
        for (; count > 0; count--)
        {
            SkipElement(Type(types >> 4), depth);
            SkipElement(Type(types & 15), depth);
        }
    }

    /// <summary>In lists and maps, unlike in fields, true and false take a byte.</summary>
    private void SkipElement(ThriftType type, int depth) =>
        Skip(type is ThriftType.True or ThriftType.False ? ThriftType.Byte : type, depth + 1);

    private static ThriftType Type(int type) =>
        type <= (int)ThriftType.Uuid ? (ThriftType)type : throw new InvalidDataException($"there is no Thrift type {type}");

    private byte Byte() => Position < _data.Length ? _data[Position++] : throw new EndOfStreamException("it ends too early");

    private void Pass(int count) =>
        Position = count <= _data.Length - Position ? Position + count : throw new EndOfStreamException("it ends too early");

    private ulong UInt64()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var piece = Byte();
            value |= (ulong)(piece & 127) << shift;
            if (piece < 128)
                return value;
        }

        throw new InvalidDataException("a number has more than 64 bits");
    }
}
