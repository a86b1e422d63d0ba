namespace MicroGpt.Data.Documents;

/// <summary>Reads lines, ended by \n or \r\n (a lone \r is white space in a line); lines can be joined to records.</summary>
internal sealed class LineReader(ByteWindow window, int longest) : RecordReader(window, longest)
{
    private int _length;    // of the record in the window, the end of its last line included
    private int _lastStart; // of the record's last line
    private long _lines;    // in the record

    /// <summary>All lines of the record, without the end of the last one.</summary>
    public override ReadOnlySpan<byte> Record => WithoutLineEnd(Window.Bytes[.._length]);

    /// <summary>The record without its last line.</summary>
    public ReadOnlySpan<byte> AllButLast => Window.Bytes[.._lastStart];

    /// <summary>The last line of the record.</summary>
    public ReadOnlySpan<byte> LastLine => WithoutLineEnd(Window.Bytes[_lastStart.._length]);

    /// <inheritdoc/>
    public override bool Next()
    {
        Window.Skip(_length);
        Number += _lines;
        (_length, _lines, IsTooLong) = (0, 0, false);
        return Join();
    }

    /// <summary>Joins the next line to the record.</summary>
    /// <returns>False at the end, where there is none.</returns>
    public bool Join()
    {
        var searched = _lastStart = _length;
        while (true)
        {
            var end = Window.Bytes[searched..].IndexOf((byte)'\n');
            if (end >= 0)
                return End(searched + end + 1);

            searched = Window.Bytes.Length;
            if (searched > Longest + 2L) // two for the end of the line
            {
                IsTooLong = true;
                Window.Skip(searched);
                searched = _lastStart = _length = 0;
            }

            if (!Window.Fill())
                return (searched > _length || IsTooLong && _lines == 0) && End(searched);
        }
    }

    private bool End(int length)
    {
        _length = length;
        _lines++;
        IsTooLong |= Record.Length > Longest;
        return true;
    }

    private static ReadOnlySpan<byte> WithoutLineEnd(ReadOnlySpan<byte> line)
    {
        if (line.EndsWith((byte)'\n'))
            line = line[..^1];
        return line.EndsWith((byte)'\r') ? line[..^1] : line;
    }
}
