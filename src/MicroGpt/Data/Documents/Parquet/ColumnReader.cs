namespace MicroGpt.Data.Documents.Parquet;

/// <summary>Reads the values of a column, a page at a time.</summary>
internal sealed class ColumnReader(Stream stream, ParquetFooter footer)
{
    private const long LongestPage = 256 << 20;
    private const int LongestHeader = 16 << 20;
    private const long MostExpansion = 1000; // text shrinks to a tenth, and to a hundredth where it repeats itself

    private readonly Unpacked _dictionaryPage = new();
    private readonly Unpacked _dataPage = new();
    private readonly List<ReadOnlyMemory<byte>> _dictionary = [];
    private byte[] _packed = new byte[1 << 12];
    private long _budget = (64 << 20) + (stream.Length * MostExpansion);

    private int _chunk = -1;
    private long _position;    // of the next page
    private long _end;         // of the chunk
    private long _chunkValues; // left in the chunk
    private long _pageValues;  // left in the page
    private RunReader? _levels;
    private ValueReader? _values;

    /// <summary>The number of the row, from 1.</summary>
    public long Row { get; private set; }

    /// <summary>The row's value; empty where it is null. Its bytes last until the next row.</summary>
    public ReadOnlyMemory<byte> Value { get; private set; }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="EndOfStreamException">The file ends too early.</exception>
    public bool Next()
    {
        while (_pageValues == 0)
            if (_chunkValues > 0)
                BeginPage();
            else if (++_chunk < footer.Chunks.Count)
                BeginChunk(footer.Chunks[_chunk]);
            else
                return false;

        _pageValues--;
        Row++;
        Value = _levels is null || _levels.Next() == 1 ? _values!.Next() : default;
        Spend(Value.Length);
        return true;
    }

    private void BeginChunk(ColumnChunk chunk)
    {
        (_position, _end, _chunkValues) = (chunk.Start, chunk.Start + chunk.Length, chunk.Values);
        _dictionary.Clear();
    }

    private void BeginPage()
    {
        var header = ReadHeader();
        if (header.PackedSize < 0 || header.PackedSize > _end - _position)
            throw new InvalidDataException("a page goes beyond the end of its column");
        var levels = header.Kind == PageKind.DataV2 ? header.DefinitionBytes : 0;
        var isPacked = header.IsPacked && header.PackedSize > levels;
        var codec = isPacked ? footer.Chunks[_chunk].Codec : 0;
        if (header.Size > LongestPage || levels < 0 || levels > Math.Min(header.PackedSize, header.Size)
            || header.Size - levels > PageCodec.MostUnpacked(codec, header.PackedSize - levels))
            throw new InvalidDataException($"a page says that it has {header.Size:N0} bytes, more than can be");

        Spend(header.Size);
        var packed = ReadPacked((int)header.PackedSize);
        _position += header.PackedSize;
        switch (header.Kind)
        {
            case PageKind.Dictionary:
                ReadDictionary(_dictionaryPage.Fill(codec, packed, 0, (int)header.Size), header);
                break;
            case PageKind.Data or PageKind.DataV2:
                BeginValues(_dataPage.Fill(codec, packed, (int)levels, (int)header.Size), header);
                break;
            case PageKind.Index:
                break;
            default:
                throw new InvalidDataException("a page is of no known kind");
        }
    }

    private PageHeader ReadHeader()
    {
        for (var length = 256; ; length *= 8)
        {
            var count = (int)Math.Min(length, _end - _position);
            try
            {
                var header = PageHeader.Read(ReadPacked(count).Span, out var used);
                _position += used;
                return header;
            }
            catch (EndOfStreamException) when (count == length && length < LongestHeader)
            {
                // more of it is needed
            }
        }
    }

    private ReadOnlyMemory<byte> ReadPacked(int count)
    {
        if (_packed.Length < count)
            _packed = new byte[Math.Max(count, _packed.Length * 2L <= Array.MaxLength ? _packed.Length * 2 : 0)];
        stream.Position = _position;
        stream.ReadExactly(_packed.AsSpan(0, count));
        return _packed.AsMemory(0, count);
    }

    private void ReadDictionary(PageBytes bytes, PageHeader header)
    {
        if (header.Encoding is not (PageEncoding.Plain or PageEncoding.PlainDictionary) || header.Values < 0 || header.Values > bytes.Left / 4)
            throw new InvalidDataException("a dictionary is damaged");
        _dictionary.Clear();
        var values = new PlainReader(bytes);
        for (var count = header.Values; count > 0; count--)
            _dictionary.Add(values.Next());
    }

    private void BeginValues(PageBytes bytes, PageHeader header)
    {
        if (header.Values < 0 || header.Values > _chunkValues)
            throw new InvalidDataException("a page has more values than its column");
        Spend(header.Values);
        _pageValues = header.Values;
        _chunkValues -= header.Values;

        _levels = null;
        if (header.Kind == PageKind.DataV2)
        {
            if (header.RepetitionBytes != 0)
                throw new InvalidDataException("a page of a flat column has repetition levels");
            var levels = bytes.Take(header.DefinitionBytes);
            if (footer.IsOptional)
                _levels = new RunReader(new PageBytes(levels), 1);
        }
        else if (footer.IsOptional)
        {
            if (header.LevelEncoding != PageEncoding.Rle)
                throw new InvalidDataException("definition levels are written in an outdated way");
            _levels = new RunReader(new PageBytes(bytes.Take(bytes.Int32())), 1);
        }

        _values = Values(bytes, header);
    }

    private ValueReader Values(PageBytes bytes, PageHeader header) => header.Encoding switch
    {
        _ when bytes.Left == 0 => new PlainReader(bytes), // nothing but nulls
        PageEncoding.Plain => new PlainReader(bytes),
        PageEncoding.PlainDictionary or PageEncoding.RleDictionary => bytes.Byte() is var width and <= 32
            ? new DictionaryReader(_dictionary, new RunReader(bytes, width))
            : throw new InvalidDataException("places in a dictionary have more than 32 bits"),
        PageEncoding.DeltaLengthByteArray => new DeltaLengthReader(bytes, header.Values),
        PageEncoding.DeltaByteArray => new DeltaByteArrayReader(bytes, header.Values),
        _ => throw new InvalidDataException($"text is encoded in a way (number {(int)header.Encoding}) that is not for text"),
    };

    /// <summary>Counts what comes out of the file: a small one that becomes too much was made to fill memory or time.</summary>
    private void Spend(long bytes)
    {
        _budget -= bytes;
        if (_budget < 0)
            throw new InvalidDataException("it unpacks to more than 1,000 times its size, as files do that are made to do harm");
    }

    /// <summary>Memory for unpacked pages, used again and again.</summary>
    private sealed class Unpacked
    {
        private byte[] _bytes = [];

        /// <summary>Unpacks a page, of which some bytes at the beginning are as they are.</summary>
        public PageBytes Fill(int codec, ReadOnlyMemory<byte> packed, int asIs, int size)
        {
            if (_bytes.Length < size)
                _bytes = new byte[Math.Max(size, Math.Min(_bytes.Length * 2L, LongestPage))];
            packed.Span[..asIs].CopyTo(_bytes);
            PageCodec.Unpack(codec, packed[asIs..], _bytes.AsSpan(asIs, size - asIs));
            return new PageBytes(_bytes.AsMemory(0, size));
        }
    }
}
