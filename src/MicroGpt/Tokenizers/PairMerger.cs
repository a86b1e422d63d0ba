using System.Runtime.InteropServices;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Byte-pair encoding's training, on pieces that are counted already: again and again the most frequent pair of neighbouring
/// tokens becomes a token (Sennrich et al., arXiv:1508.07909). A heap holds the pairs with the words in which each may stand, so
/// that a merge visits those words only. It takes every decision as Hugging Face tokenizers' <c>BpeTrainer</c> does; of equally
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

    private readonly int[] _symbols; // all words, one behind another
    private readonly int[] _starts;
    private readonly int[] _lengthOfWord; // shrinks with every merge
    private readonly long[] _counts;

    private readonly Dictionary<ulong, int> _pairs = [];
    private readonly List<(int Left, int Right)> _pairOf = [];
    private readonly List<long> _pairCounts = [];
    private readonly PriorityQueue<(int Pair, int[] Words), (long Count, ulong Pair)> _heap = new(new MostFrequentFirst());

    // What a merge changes, by the neighbour's id.
    private readonly Neighbours _oldLeft, _oldRight, _newLeft, _newRight;

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
        (_symbols, _starts, _counts) = words;
        _lengthOfWord = [.. _counts.Select((_, word) => _starts[word + 1] - _starts[word])];
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
            Merge(left, right, _tokens.Count - 1, top.Words);
            if (merges.Count % ReportInterval == 0)
                report(_tokens.Count);
        }

        report(_tokens.Count);
        return merges;
    }

    private void CountPairs()
    {
        var found = new List<(int Pair, int Word)>();
        var words = new List<int>(); // how many words each pair stands in
        var lastWord = new List<int>();
        for (var word = 0; word < _counts.Length; word++)
        {
            var symbols = _symbols.AsSpan(_starts[word], _lengthOfWord[word]);
            for (var i = 0; i + 1 < symbols.Length; i++)
            {
                var pair = Pair(symbols[i], symbols[i + 1]);
                _pairCounts[pair] += _counts[word];
                if (pair == words.Count)
                {
                    words.Add(0);
                    lastWord.Add(-1);
                }

                if (lastWord[pair] == word)
                    continue;
                lastWord[pair] = word;
                words[pair]++;
                found.Add((pair, word));
            }
        }

        var lists = words.ConvertAll(count => new int[count]);
        var filled = new int[words.Count];
        foreach (var (pair, word) in found)
            lists[pair][filled[pair]++] = word;
        for (var pair = 0; pair < lists.Count; pair++)
            Push(pair, lists[pair]);
    }

    /// <summary>Replaces a pair in some words, and counts what that takes from and gives to the pairs around it.</summary>
    private void Merge(int left, int right, int merged, int[] words)
    {
        foreach (var word in words)
        {
            var count = _counts[word];
            var symbols = _symbols.AsSpan(_starts[word], _lengthOfWord[word]);
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
                if (read + 1 == symbols.Length || symbols[read + 1] != right)
                {
                    symbols[write++] = symbols[read++];
                    continue;
                }

                if (write > 0)
                {
                    var before = symbols[write - 1];
                    _oldLeft.Add(before, -count);
                    if (_lengths[before] + _lengths[merged] < _longest)
                        _newLeft.Add(before, count, word);
                }

                symbols[write++] = merged;
                read += 2;
                if (read < symbols.Length)
                {
                    var after = symbols[read];
                    _oldRight.Add(after, -count);
                    if (_lengths[after] + _lengths[merged] < _longest)
                        _newRight.Add(after, count, word);
                }
            }

            _lengthOfWord[word] = write;
        }

        // All counts first: a pair's count decides whether it goes into the heap.
        foreach (var id in _oldLeft.Touched)
            _pairCounts[Pair(id, left)] += _oldLeft.Take(id);
        foreach (var id in _oldRight.Touched)
            _pairCounts[Pair(right, id)] += _oldRight.Take(id);
        foreach (var id in _newLeft.Touched)
            _pairCounts[Pair(id, merged)] += _newLeft.Take(id);
        foreach (var id in _newRight.Touched)
            _pairCounts[Pair(merged, id)] += _newRight.Take(id);
        foreach (var (id, list) in _newLeft.Words())
            Push(Pair(id, merged), list);
        foreach (var (id, list) in _newRight.Words())
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

    private void Push(int pair, int[] words)
    {
        if (_pairCounts[pair] > 0)
            _heap.Enqueue((pair, words), (_pairCounts[pair], Key(_pairOf[pair].Left, _pairOf[pair].Right)));
    }

    private static ulong Key(int left, int right) => (ulong)left << 32 | (uint)right;

    private sealed class MostFrequentFirst : IComparer<(long Count, ulong Pair)>
    {
        public int Compare((long Count, ulong Pair) x, (long Count, ulong Pair) y) =>
            x.Count != y.Count ? y.Count.CompareTo(x.Count) : x.Pair.CompareTo(y.Pair);
    }

    /// <summary>For one merge and one side: by the id of a neighbour, how much its pair's count changes, and in which words.</summary>
    private sealed class Neighbours(int vocabularySize)
    {
        private readonly long[] _changes = new long[vocabularySize];
        private readonly bool[] _isTouched = new bool[vocabularySize];
        private readonly int[] _lastWord = new int[vocabularySize]; // 1 + the word that was added last
        private readonly int[] _wordCounts = new int[vocabularySize];
        private readonly List<(int Id, int Word)> _words = [];

        public List<int> Touched { get; } = [];

        public void Add(int id, long change)
        {
            if (!_isTouched[id])
            {
                _isTouched[id] = true;
                Touched.Add(id);
            }

            _changes[id] += change;
        }

        /// <param name="id">The neighbour.</param>
        /// <param name="change">What its pair's count changes by.</param>
        /// <param name="word">The word where it does; the same word comes in a row.</param>
        public void Add(int id, long change, int word)
        {
            Add(id, change);
            if (_lastWord[id] == word + 1)
                return;
            _lastWord[id] = word + 1;
            _wordCounts[id]++;
            _words.Add((id, word));
        }

        public long Take(int id) => _changes[id];

        /// <summary>The words of each neighbour.</summary>
        public IEnumerable<(int Id, int[] Words)> Words()
        {
            if (_words.Count == 0)
                return [];
            var lists = new Dictionary<int, int[]>(Touched.Count);
            foreach (var id in Touched)
                lists[id] = new int[_wordCounts[id]];
            foreach (var (id, word) in _words)
            {
                var list = lists[id];
                list[^_wordCounts[id]--] = word;
            }

            return lists.Select(pair => (pair.Key, pair.Value));
        }

        public void Clear()
        {
            foreach (var id in Touched)
            {
                _changes[id] = 0;
                _isTouched[id] = false;
                _lastWord[id] = 0;
                _wordCounts[id] = 0;
            }

            Touched.Clear();
            _words.Clear();
        }
    }
}
