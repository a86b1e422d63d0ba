namespace MicroGpt.Tokenizers;

/// <summary>For one merge and one side: by the id of a neighbour, how much its pair's count changes, and in which blocks.</summary>
internal sealed class PairNeighbours(int vocabularySize)
{
    private readonly long[] _changes = new long[vocabularySize];
    private readonly bool[] _isTouched = new bool[vocabularySize];
    private readonly int[] _lastBlock = new int[vocabularySize]; // 1 + the block that was added last
    private readonly int[] _blockCounts = new int[vocabularySize];
    private readonly List<(int Id, int Block)> _blocks = [];

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
    /// <param name="block">The block where it stands; the same block comes in a row.</param>
    public void Add(int id, long change, int block)
    {
        Add(id, change);
        if (_lastBlock[id] == block + 1)
            return;
        _lastBlock[id] = block + 1;
        _blockCounts[id]++;
        _blocks.Add((id, block));
    }

    public long Take(int id) => _changes[id];

    /// <summary>The blocks of each neighbour.</summary>
    public IEnumerable<(int Id, int[] Blocks)> Blocks()
    {
        if (_blocks.Count == 0)
            return [];
        var lists = new Dictionary<int, int[]>(Touched.Count);
        foreach (var id in Touched)
            lists[id] = new int[_blockCounts[id]];
        foreach (var (id, block) in _blocks)
        {
            var list = lists[id];
            list[^_blockCounts[id]--] = block;
        }

        return lists.Select(pair => (pair.Key, pair.Value));
    }

    public void Clear()
    {
        foreach (var id in Touched)
        {
            _changes[id] = 0;
            _isTouched[id] = false;
            _lastBlock[id] = 0;
            _blockCounts[id] = 0;
        }

        Touched.Clear();
        _blocks.Clear();
    }
}
