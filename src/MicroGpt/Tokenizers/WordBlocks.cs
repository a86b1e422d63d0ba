namespace MicroGpt.Tokenizers;

/// <summary>
/// Words while their tokens are being merged, long ones cut into blocks. A merge visits the blocks in which its pair may stand, and not
/// a whole word, so that a text without a space costs no more than another. Neighbours across a border belong to the block of the left one.
/// </summary>
internal sealed class WordBlocks
{
    private const int Size = 1024; // a visit's vectorized search then takes no longer than the bookkeeping of a merge

    private readonly int[] _symbols; // of all blocks, one behind another
    private readonly int[] _starts;
    private readonly int[] _lengths;     // they shrink with every merge
    private readonly long[] _occurrences;
    private readonly bool[] _beginsWord; // and true behind the last block

    /// <summary>The words' tokens are merged in place.</summary>
    public WordBlocks(CountedWords words)
    {
        (_symbols, var starts, var counts) = words;
        var blocks = counts.Select((_, word) => Math.Max(1, (starts[word + 1] - starts[word] + Size - 1) / Size)).ToArray();
        Count = blocks.Sum();
        (_starts, _lengths, _occurrences, _beginsWord) = (new int[Count], new int[Count], new long[Count], new bool[Count + 1]);
        _beginsWord[Count] = true;
        var block = 0;
        for (var word = 0; word < counts.Length; word++)
        {
            for (var i = 0; i < blocks[word]; i++, block++)
            {
                _starts[block] = starts[word] + i * Size;
                _lengths[block] = Math.Min(Size, starts[word + 1] - _starts[block]);
                _occurrences[block] = counts[word];
                _beginsWord[block] = i == 0;
            }
        }
    }

    /// <summary>The number of blocks.</summary>
    public int Count { get; }

    /// <summary>The tokens of a block.</summary>
    public Span<int> this[int block] => _symbols.AsSpan(_starts[block], _lengths[block]);

    /// <summary>How often the word of a block occurs.</summary>
    public long Occurrences(int block) => _occurrences[block];

    /// <summary>The next block of the same word in which something is left, or −1.</summary>
    public int Next(int block)
    {
        while (!_beginsWord[++block])
            if (_lengths[block] > 0)
                return block;
        return -1;
    }

    /// <summary>The block before of the same word in which something is left, or −1.</summary>
    public int Previous(int block)
    {
        while (!_beginsWord[block])
            if (_lengths[--block] > 0)
                return block;
        return -1;
    }

    /// <summary>Keeps only so many tokens from the start of a block on.</summary>
    public void Shorten(int block, int length) => _lengths[block] = length;

    /// <summary>Takes the first token from a block.</summary>
    public void DropFirst(int block)
    {
        _starts[block]++;
        _lengths[block]--;
    }
}
