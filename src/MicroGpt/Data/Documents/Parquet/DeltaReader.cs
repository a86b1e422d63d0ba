namespace MicroGpt.Data.Documents.Parquet;

/// <summary>
/// Reads whole numbers of which the differences are written, in blocks that each have a smallest difference (DELTA_BINARY_PACKED,
/// https://parquet.apache.org/docs/file-format/data-pages/encodings/).
/// </summary>
internal sealed class DeltaReader
{
    private const int LongestBlock = 1 << 16; // writers use 128

    private readonly PageBytes _bytes;
    private readonly int _miniblocks;
    private readonly int _miniblockLength;
    private readonly long _count;
    private long _read;
    private long _value;
    private long _smallest;
    private ReadOnlyMemory<byte> _widths;
    private ReadOnlyMemory<byte> _packed;

    public DeltaReader(PageBytes bytes, long values)
    {
        _bytes = bytes;
        var block = bytes.UInt64();
        var miniblocks = bytes.UInt64();
        var count = bytes.UInt64();
        _value = bytes.Int64();
        if (block is 0 or > LongestBlock || miniblocks == 0 || miniblocks > block || block % miniblocks != 0 || count > (ulong)values)
            throw new InvalidDataException("a block of differences has an impossible size");
        (_miniblocks, _miniblockLength, _count) = ((int)miniblocks, (int)(block / miniblocks), (long)count);
    }

    /// <summary>The next number.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public long Next()
    {
        if (_read == _count)
            throw new InvalidDataException("there are fewer values in a page than it says");
        if (_read++ == 0)
            return _value;

        var difference = _read - 2; // its number
        var inMiniblock = (int)(difference % _miniblockLength);
        var miniblock = (int)(difference / _miniblockLength % _miniblocks);
        if (inMiniblock == 0)
            BeginMiniblock(miniblock);
        return _value += _smallest + (long)BitPacked.Read(_packed.Span, inMiniblock, _widths.Span[miniblock]);
    }

    /// <summary>Goes to the end, behind which something else begins.</summary>
    public void SkipAll()
    {
        while (_read < _count)
            Next();
    }

    private void BeginMiniblock(int miniblock)
    {
        if (miniblock == 0)
        {
            _smallest = _bytes.Int64();
            _widths = _bytes.Take(_miniblocks);
        }

        var width = _widths.Span[miniblock];
        if (width > 64)
            throw new InvalidDataException("a difference has more than 64 bits");
        _packed = _bytes.Take(BitPacked.Bytes(_miniblockLength, width));
    }
}
