using System.Runtime.InteropServices;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Byte-pair encoding's training, on pieces that are counted already: again and again the most frequent pair of neighbouring
/// tokens becomes a token (Sennrich et al., arXiv:1508.07909). A heap holds the pairs with the blocks of words in which each may
/// stand, so that a merge visits those only. It takes every decision as Hugging Face tokenizers' <c>BpeTrainer</c> does; of equally
/// frequent pairs, the one with the smaller ids comes first.
/// </summary>
/// <remarks>
/// Two pairs never spell the same token: wherever its characters stand between the borders of tokens, all merges so far have
/// treated them alike, so that they are the same pair. So a merge always makes a new token, and a new pair always has it.
/// </remarks>
internal sealed class PairMerger
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15; // spreads pairs over the dictionary, whose hash is but the halves' xor
    private const int ReportInterval = 64;

    private readonly List<string> _tokens;
    private readonly List<int> _lengths; // of the tokens, in symbols
    private readonly int _vocabularySize;
    private readonly int _longest;
    private readonly Func<string, string, string?> _join;

    private readonly WordBlocks _blocks;

    private readonly Dictionary<ulong, int> _pairs = [];
    private readonly List<(int Left, int Right)> _pairOf = [];
    private readonly List<long> _pairCounts = [];
    private readonly PriorityQueue<(int Pair, int[] Blocks), (long Count, ulong Pair)> _heap = new(new MostFrequentFirst());

    // What a merge changes, by the neighbour's id.
    private readonly PairNeighbours _oldLeft, _oldRight, _newLeft, _newRight;

    /// <summary>Prepares the merging.</summary>
    /// <param name="tokens">The tokens there are, by id; new ones are appended.</param>
    /// <param name="words">The words; their tokens are merged in place.</param>
    /// <param name="vocabularySize">The number of tokens to reach.</param>
    /// <param name="longest">Only pairs of fewer symbols than this become tokens, but for those of two.</param>
    /// <param name="join">The token that two make, or null where there must be none.</param>
    public PairMerger(
        List<string> tokens, CountedWords words, int vocabularySize, int longest, Func<string, string, string?> join)
    {
        _tokens = tokens;
        _lengths = [.. tokens.Select(_ => 1)];
        _blocks = new WordBlocks(words);
        (_vocabularySize, _longest, _join) = (vocabularySize, longest, join);
        var most = Math.Max(vocabularySize, tokens.Count);
        (_oldLeft, _oldRight, _newLeft, _newRight) = (new(most), new(most), new(most), new(most));
    }

    /// <summary>Merges until the vocabulary is full or no pair is frequent enough.</summary>
    /// <param name="minFrequency">How often a pair must occur.</param>
    /// <param name="report">Is told how many tokens there are.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The pairs in the order of their merges.</returns>
    public IReadOnlyList<(int Left, int Right)> Run(long minFrequency, Action<int> report, CancellationToken cancellation)
    {
        CountPairs();
        var merges = new List<(int Left, int Right)>();
        while (_tokens.Count < _vocabularySize && _heap.TryDequeue(out var top, out var priority))
        {
            var count = _pairCounts[top.Pair];
            if (priority.Count != count) // the words around it have changed since
            {
                _heap.Enqueue(top, (count, priority.Pair));
                continue;
            }

            if (count < 1 || count < minFrequency)
                break;
            cancellation.ThrowIfCancellationRequested();
            var (left, right) = _pairOf[top.Pair];
            if (_join(_tokens[left], _tokens[right]) is not { } token)
                continue;
            _tokens.Add(token);
            _lengths.Add(_lengths[left] + _lengths[right]);
            merges.Add((left, right));
            Merge(left, right, _tokens.Count - 1, top.Blocks);
            if (merges.Count % ReportInterval == 0)
                report(_tokens.Count);
        }

        report(_tokens.Count);
        return merges;
    }

    private void CountPairs()
    {
        var found = new List<(int Pair, int Block)>();
        var blocks = new List<int>(); // how many blocks each pair stands in
        var lastBlock = new List<int>();
        for (var block = 0; block < _blocks.Count; block++)
        {
            var symbols = _blocks[block];
            for (var i = 0; i + 1 < symbols.Length; i++)
                Count(Pair(symbols[i], symbols[i + 1]), block);
            if (_blocks.Next(block) is >= 0 and var next)
                Count(Pair(symbols[^1], _blocks[next][0]), block);
        }

        var lists = blocks.ConvertAll(count => new int[count]);
        var filled = new int[blocks.Count];
        foreach (var (pair, block) in found)
            lists[pair][filled[pair]++] = block;
        for (var pair = 0; pair < lists.Count; pair++)
            Push(pair, lists[pair]);

        void Count(int pair, int block)
        {
            _pairCounts[pair] += _blocks.Occurrences(block);
            if (pair == blocks.Count)
            {
                blocks.Add(0);
                lastBlock.Add(-1);
            }

            if (lastBlock[pair] == block)
                return;
            lastBlock[pair] = block;
            blocks[pair]++;
            found.Add((pair, block));
        }
    }

    /// <summary>Replaces a pair in some blocks, and counts what that takes from and gives to the pairs around it.</summary>
    /// <remarks>Blocks come in order: where the pair can stand in two ways (in aaa), the left one is taken.</remarks>
    private void Merge(int left, int right, int merged, int[] blocks)
    {
        foreach (var block in blocks)
        {
            var count = _blocks.Occurrences(block);
            var symbols = _blocks[block];
            var (read, write) = (0, 0);
            while (true)
            {
                var next = symbols[read..].IndexOf(left);
                var skipped = next < 0 ? symbols.Length - read : next;
                if (read != write)
                    symbols.Slice(read, skipped).CopyTo(symbols[write..]);
                read += skipped;
                write += skipped;
                if (next < 0)
                    break;
                var isLast = read + 1 == symbols.Length;
                if (!(isLast ? TakeFirst(_blocks.Next(block), right) : symbols[read + 1] == right))
                {
                    symbols[write++] = symbols[read++];
                    continue;
                }

                if (write > 0)
                    ChangeLeft(symbols[write - 1], block);
                else if (_blocks.Previous(block) is >= 0 and var before)
                    ChangeLeft(_blocks[before][^1], before);
                symbols[write++] = merged;
                read += isLast ? 1 : 2;
                if (read < symbols.Length)
                    ChangeRight(symbols[read]);
                else if (_blocks.Next(block) is >= 0 and var after)
                    ChangeRight(_blocks[after][0]);
            }

            _blocks.Shorten(block, write);

            void ChangeLeft(int id, int itsBlock)
            {
                _oldLeft.Add(id, -count);
                if (_lengths[id] + _lengths[merged] < _longest)
                    _newLeft.Add(id, count, itsBlock);
            }

            void ChangeRight(int id)
            {
                _oldRight.Add(id, -count);
                if (_lengths[id] + _lengths[merged] < _longest)
                    _newRight.Add(id, count, block);
            }
        }

        CountChanges(left, right, merged);
    }

    /// <summary>Takes the first token from a block, if there is one and it is that.</summary>
    private bool TakeFirst(int block, int symbol)
    {
        if (block < 0 || _blocks[block][0] != symbol)
            return false;
        _blocks.DropFirst(block);
        return true;
    }

    private void CountChanges(int left, int right, int merged)
    {
        // All counts first: a pair's count decides whether it goes into the heap.
        foreach (var id in _oldLeft.Touched)
            _pairCounts[Pair(id, left)] += _oldLeft.Take(id);
        foreach (var id in _oldRight.Touched)
            _pairCounts[Pair(right, id)] += _oldRight.Take(id);
        foreach (var id in _newLeft.Touched)
            _pairCounts[Pair(id, merged)] += _newLeft.Take(id);
        foreach (var id in _newRight.Touched)
            _pairCounts[Pair(merged, id)] += _newRight.Take(id);
        foreach (var (id, list) in _newLeft.Blocks())
            Push(Pair(id, merged), list);
        foreach (var (id, list) in _newRight.Blocks())
            Push(Pair(merged, id), list);
        _oldLeft.Clear();
        _oldRight.Clear();
        _newLeft.Clear();
        _newRight.Clear();
    }

    /// <summary>The index of a pair, new where it was not known.</summary>
    private int Pair(int left, int right)
    {
        var key = Key(left, right);
        ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, key * Multiplier, out var isKnown);
        if (!isKnown)
        {
            pair = _pairOf.Count;
            _pairOf.Add((left, right));
            _pairCounts.Add(0);
        }

        return pair;
    }

    private void Push(int pair, int[] blocks)
    {
        if (_pairCounts[pair] > 0)
            _heap.Enqueue((pair, blocks), (_pairCounts[pair], Key(_pairOf[pair].Left, _pairOf[pair].Right)));
    }

    private static ulong Key(int left, int right) => (ulong)left << 32 | (uint)right;

    private sealed class MostFrequentFirst : IComparer<(long Count, ulong Pair)>
    {
        public int Compare((long Count, ulong Pair) x, (long Count, ulong Pair) y) =>
            x.Count != y.Count ? y.Count.CompareTo(x.Count) : x.Pair.CompareTo(y.Pair);
    }
}
