namespace MicroGpt.Numerics;

/// <summary>
/// The memory of one step: allocation moves a pointer, <see cref="Rewind"/> moves it back. A first step that did not fit
/// leaves several blocks, which the next rewind replaces by one that holds them all; from then on nothing is allocated.
/// </summary>
internal sealed unsafe class Arena
{
    private const long MinimumBlock = 1 << 20;

    private readonly List<Storage> _blocks = [];
    private long _used;      // bytes handed out of the last block
    private long _usedBefore; // bytes handed out of the blocks before it

    /// <summary>Bytes handed out since the last rewind.</summary>
    public long BytesInUse => _usedBefore + _used;

    /// <summary>The most bytes that were ever handed out between two rewinds.</summary>
    public long PeakBytes { get; private set; }

    public Storage Allocate(long bytes, out byte* pointer)
    {
        var rounded = (bytes + Storage.Alignment - 1) & -Storage.Alignment;
        if (_blocks.Count == 0 || _used + rounded > _blocks[^1].Bytes)
        {
            _usedBefore += _used;
            _used = 0;
            _blocks.Add(new Storage(Math.Max(Math.Max(rounded, BytesInUse), MinimumBlock)));
        }

        pointer = _blocks[^1].Pointer + _used;
        _used += rounded;
        PeakBytes = Math.Max(PeakBytes, BytesInUse);
        return _blocks[^1];
    }

    public void Rewind()
    {
        if (_blocks.Count > 1)
        {
            var together = _blocks.Sum(block => block.Bytes);
            _blocks.Clear();
            _blocks.Add(new Storage(together));
        }

        _used = _usedBefore = 0;
    }
}
