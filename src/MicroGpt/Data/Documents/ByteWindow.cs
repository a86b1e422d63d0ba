namespace MicroGpt.Data.Documents;

/// <summary>A window over a stream that moves on and grows only as far as the one who looks through it asks.</summary>
internal sealed class ByteWindow
{
    private readonly Stream _stream;
    private byte[] _buffer = new byte[1 << 17];
    private int _start;
    private int _end;

    /// <summary>Begins behind the byte-order mark, where there is one.</summary>
    public ByteWindow(Stream stream)
    {
        _stream = stream;
        while (Bytes.Length < 3 && Fill())
            continue;
        if (Bytes.StartsWith("\uFEFF"u8))
            Skip(3);
    }

    /// <summary>What has been read and not yet passed.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Where the window begins in the stream.</summary>
    public long Offset { get; private set; }

    /// <summary>Moves the beginning of the window.</summary>
    public void Skip(int count)
    {
        _start += count;
        Offset += count;
    }

    /// <summary>Adds what the stream gives next.</summary>
    /// <returns>False at the end of the stream.</returns>
    public bool Fill()
    {
        if (_end == _buffer.Length)
        {
            // Moving less than half of the buffer keeps the work linear in the bytes read.
            var larger = _start > _buffer.Length / 2 ? _buffer : new byte[checked(_buffer.Length * 2)];
            Bytes.CopyTo(larger);
            (_start, _end, _buffer) = (0, _end - _start, larger);
        }

        var read = _stream.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}
