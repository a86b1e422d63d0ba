namespace MicroGpt.Data.Documents;

/// <summary>What becomes of records that can't be read: the first ends the reading, or all are counted and passed.</summary>
internal sealed class BadRecords(bool skip)
{
    private const int MostSentences = 20;
    private readonly List<string> _sentences = [];

    public long Count { get; private set; }

    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>Whether a record is short enough and UTF-8; where not, it is bad.</summary>
    public bool IsReadable(RecordReader records, string source)
    {
        if (records.IsTooLong)
        {
            Add(source, records.Place, TooLong(records.Longest));
            return false;
        }

        var invalid = Utf8Text.FirstInvalid(records.Record);
        if (invalid < 0)
            return true;
        Add(source, records.Place, $"not UTF-8 (at byte {records.Offset + invalid:N0} of the file); convert it first, for example with iconv -f latin1 -t utf-8.");
        return false;
    }

    public static string TooLong(int longest) => $"longer than {longest:N0} bytes, the most that a record may have.";

    /// <inheritdoc cref="Add(string)"/>
    public void Add(string source, string place, string problem) => Add($"{source}: {place}: {problem}");

    /// <summary>Counts a bad record where they are to be skipped.</summary>
    /// <exception cref="InvalidDataException">They are not to be skipped.</exception>
    public void Add(string sentence)
    {
        if (!skip)
            throw new InvalidDataException($"{sentence} Mend it, or leave bad records out (--skip-bad).");
        Count++;
        if (_sentences.Count < MostSentences)
            _sentences.Add(sentence);
    }

    public void Clear()
    {
        Count = 0;
        _sentences.Clear();
    }
}
