namespace MicroGpt.Data.Documents;

/// <summary>Goes through a stream record by record, none of them longer than allowed.</summary>
internal abstract class RecordReader(ByteWindow window, int longest)
{
    /// <summary>The stream from the record on.</summary>
    protected ByteWindow Window => window;

    /// <summary>The most bytes that a record may have.</summary>
    public int Longest => longest;

    /// <summary>The number of the record's first line, from 1.</summary>
    public long Number { get; protected set; } = 1;

    /// <summary>The record's first line, for messages.</summary>
    public string Place => $"line {Number:N0}";

    /// <summary>Where the record starts, in bytes of the stream.</summary>
    public long Offset => window.Offset;

    /// <summary>Whether the record was longer than allowed: it has been passed, and there is nothing to see of it.</summary>
    public bool IsTooLong { get; protected set; }

    /// <summary>The bytes of the record; they last until the next one.</summary>
    public abstract ReadOnlySpan<byte> Record { get; }

    /// <summary>Goes to the next record.</summary>
    /// <returns>False at the end.</returns>
    public abstract bool Next();
}
