namespace MicroGpt.Data.Documents.Parquet;

/// <summary>Reads the values of a page one after the other.</summary>
internal abstract class ValueReader
{
    /// <summary>The next value; its bytes last until the one after it.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is damaged.</exception>
    public abstract ReadOnlyMemory<byte> Next();
}

/// <summary>Every value behind its length in four bytes.</summary>
internal sealed class PlainReader(PageBytes bytes) : ValueReader
{
    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Next() => bytes.Take(bytes.Int32());
}

/// <summary>Every value is a place in a dictionary.</summary>
internal sealed class DictionaryReader(IReadOnlyList<ReadOnlyMemory<byte>> dictionary, RunReader places) : ValueReader
{
    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Next() =>
        places.Next() is var place && (uint)place < (uint)dictionary.Count ? dictionary[place] : throw new InvalidDataException("a value is not in the dictionary");
}

/// <summary>All lengths, then all values (DELTA_LENGTH_BYTE_ARRAY).</summary>
internal sealed class DeltaLengthReader : ValueReader
{
    private readonly DeltaReader _lengths;
    private readonly PageBytes _values;

    public DeltaLengthReader(PageBytes bytes, long values)
    {
        _lengths = new DeltaReader(bytes.Fork(), values);
        new DeltaReader(bytes, values).SkipAll();
        _values = bytes;
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Next() => _values.Take(_lengths.Next());
}

/// <summary>How much of its beginning each value shares with the one before, then the rests (DELTA_BYTE_ARRAY).</summary>
internal sealed class DeltaByteArrayReader : ValueReader
{
    private readonly DeltaReader _shared;
    private readonly DeltaLengthReader _rests;
    private byte[] _value = [];
    private int _length;

    public DeltaByteArrayReader(PageBytes bytes, long values)
    {
        _shared = new DeltaReader(bytes.Fork(), values);
        new DeltaReader(bytes, values).SkipAll();
        _rests = new DeltaLengthReader(bytes, values);
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Next()
    {
        var shared = _shared.Next();
        var rest = _rests.Next().Span;
        if (shared < 0 || shared > _length || shared + rest.Length > Array.MaxLength)
            throw new InvalidDataException("a value shares more with the one before than that has");
        _length = (int)shared + rest.Length;
        if (_value.Length < _length)
            Array.Resize(ref _value, Math.Max(_length, (int)Math.Min(_value.Length * 2L, Array.MaxLength)));
        rest.CopyTo(_value.AsSpan((int)shared));
        return _value.AsMemory(0, _length);
    }
}
