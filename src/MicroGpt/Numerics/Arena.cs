namespace MicroGpt.Numerics;

/// <summary>
/// The memory of one step: allocation moves a pointer, <see cref="Rewind"/> moves it back to the start. A step that does not fit
/// adds a block; all blocks stay, so steps of the same sizes get the same addresses, and nothing is ever held twice.
/// </summary>
/// <param name="allocate">Gives a block of so many bytes, which need not be cleared.</param>
internal sealed unsafe class Arena(Func<long, Storage> allocate)
{
    private const long SmallestBlock = 1 << 20;
    private const long LargestSpare = 64 << 20; // a new block is as large as all before it together, up to this

    private readonly List<Storage> _blocks = [];
    private int _block;  // the one that memory is handed out of
    private long _used;  // bytes handed out of it

    /// <summary>Bytes handed out since the last rewind.</summary>
    public long BytesInUse { get; private set; }

    /// <summary>The most bytes that were ever handed out between two rewinds.</summary>
    public long PeakBytes { get; private set; }

    public Storage Allocate(long bytes, out byte* pointer)
    {
        var rounded = (bytes + Storage.Alignment - 1) & -Storage.Alignment;
        while (_block < _blocks.Count && _used + rounded > _blocks[_block].Bytes)
        {
            _block++;
            _used = 0;
        }

        if (_block == _blocks.Count)
            _blocks.Add(allocate(Math.Max(rounded, Math.Clamp(BytesInUse, SmallestBlock, LargestSpare))));

        var block = _blocks[_block];
        pointer = block.Pointer + _used;
        _used += rounded;
        BytesInUse += rounded;
        PeakBytes = Math.Max(PeakBytes, BytesInUse);
        return block;
    }

    public void Rewind()
    {
        _block = 0;
        _used = BytesInUse = 0;
    }
}
