namespace MicroGpt.Data.Documents.Parquet;

/// <summary>
/// Reads small numbers, written as runs of one number and as groups of eight in a few bits each: Parquet's RLE, for definition levels
/// and for places in a dictionary (https://parquet.apache.org/docs/file-format/data-pages/encodings/).
/// </summary>
internal sealed class RunReader(PageBytes bytes, int width)
{
    private ReadOnlyMemory<byte> _packed;
    private int _repeated;
    private bool _isPacked;
    private long _count; // of the run
    private long _next;  // in the run

    /// <summary>The next number.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public int Next()
    {
        while (_next == _count)
            BeginRun();
        return _isPacked ? (int)BitPacked.Read(_packed.Span, _next++, width) : Repeat();
    }

    private int Repeat()
    {
        _next++;
        return _repeated;
    }

    private void BeginRun()
    {
        var header = bytes.UInt64();
        _isPacked = (header & 1) == 1;
        var length = header >> 1;
        if (length > int.MaxValue)
            throw new InvalidDataException("a run is too long");
        _next = 0;
        if (_isPacked)
        {
            _count = (long)length * 8;
            _packed = bytes.Take(BitPacked.Bytes(_count, width));
        }
        else
        {
            _count = (long)length;
            _repeated = 0;
            var number = bytes.Take((width + 7) / 8).Span;
            for (var i = 0; i < number.Length; i++)
                _repeated |= number[i] << (8 * i);
        }
    }
}
