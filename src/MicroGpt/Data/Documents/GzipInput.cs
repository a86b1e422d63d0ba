using System.IO.Compression;

namespace MicroGpt.Data.Documents;

/// <summary>
/// Unpacks gzip and notices a file that is cut short, which <see cref="GZipStream"/> takes for the end. Parts of a gzip file
/// follow one another, so a part of our own is put behind the last byte: only behind a whole file does it unpack to what we know.
/// </summary>
internal sealed class GzipInput : ForwardStream
{
    private static readonly byte[] s_mark = "the end of file "u8.ToArray();

    private readonly string _name;
    private readonly Followed _packed;
    private readonly GZipStream _unpacked;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end; // behind the last byte, which may be the mark's
    private long _count;

    public GzipInput(Stream packed, string name)
    {
        _name = name;
        _packed = new Followed(packed, Pack(s_mark));
        _unpacked = new GZipStream(_packed, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        while (_end - _start <= s_mark.Length)
            if (!Fill())
                return 0;
        var count = Math.Min(buffer.Length, _end - _start - s_mark.Length);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        _count += count;
        return count;
    }

    private bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        int read;
        try
        {
            read = _unpacked.Read(_buffer.AsSpan(_end));
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(exception);
        }

        _end += read;
        if (read > 0)
            return true;
        return !_packed.IsEmpty && _buffer.AsSpan(0, _end).SequenceEqual(s_mark) ? false : throw Damaged(null);
    }

    private InvalidDataException Damaged(Exception? inner) => new(
        $"{_name}: the gzip file is damaged or cut short (behind {_count:N0} bytes of its content); fetch or pack it again.", inner);

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(content);
        return packed.ToArray();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _unpacked.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A stream with some bytes behind its end.</summary>
    private sealed class Followed(Stream stream, byte[] end) : ForwardStream
    {
        private int _given; // of the bytes behind the end

        /// <summary>Whether nothing has come of the stream itself.</summary>
        public bool IsEmpty { get; private set; } = true;

        public override int Read(Span<byte> buffer)
        {
            var read = _given == 0 ? stream.Read(buffer) : 0;
            IsEmpty &= read == 0;
            if (read > 0 || buffer.IsEmpty)
                return read;
            var count = Math.Min(buffer.Length, end.Length - _given);
            end.AsSpan(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }
    }
}
