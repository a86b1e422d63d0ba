using System.Buffers.Binary;

namespace MicroGpt.Tokenizers;

/// <summary>
/// How often each different piece of text occurs: a hash table with open addressing whose keys lie one behind another in one
/// array, so that counting a piece that is known allocates nothing.
/// </summary>
internal sealed class PieceCounts
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15; // 2^64 / golden ratio, odd: spreads what is close together
    private const int InitialSlots = 1 << 12;

    private int[] _slots = new int[InitialSlots]; // 1 + the entry's index, 0 for none; at most half are taken
    private Entry[] _entries = new Entry[InitialSlots / 2];
    private byte[] _bytes = new byte[InitialSlots * 4];
    private int _used;

    private record struct Entry(int Offset, int Length, uint Hash, long Count);

    /// <summary>The number of different pieces, those included whose count is 0 by now.</summary>
    public int Count { get; private set; }

    /// <summary>The piece of an index.</summary>
    public ReadOnlySpan<byte> Piece(int index) => _bytes.AsSpan(_entries[index].Offset, _entries[index].Length);

    /// <summary>How often the piece of an index occurs.</summary>
    public long Occurrences(int index) => _entries[index].Count;

    /// <summary>Counts a piece as often as said, which may be negative to take back what was counted.</summary>
    public void Add(ReadOnlySpan<byte> piece, long times)
    {
        var hash = Hash(piece);
        for (var slot = hash & (uint)(_slots.Length - 1); ; slot = (slot + 1) & (uint)(_slots.Length - 1))
        {
            var index = _slots[slot] - 1;
            if (index < 0)
            {
                _slots[slot] = Insert(piece, hash, times) + 1;
                if (Count == _entries.Length)
                    Grow();
                return;
            }

            ref var entry = ref _entries[index];
            if (entry.Hash == hash && _bytes.AsSpan(entry.Offset, entry.Length).SequenceEqual(piece))
            {
                entry.Count += times;
                return;
            }
        }
    }

    /// <summary>Adds all that another table has.</summary>
    public void Add(PieceCounts other)
    {
        for (var i = 0; i < other.Count; i++)
            Add(other.Piece(i), other.Occurrences(i));
    }

    private int Insert(ReadOnlySpan<byte> piece, uint hash, long times)
    {
        if (piece.Length > _bytes.Length - _used)
        {
            var needed = (long)_used + piece.Length;
            if (needed > Array.MaxLength)
                throw new InsufficientMemoryException("The different pieces of the text take more than 2 GiB. Train on a part of it.");
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _bytes.Length)));
        }

        piece.CopyTo(_bytes.AsSpan(_used));
        _entries[Count] = new Entry(_used, piece.Length, hash, times);
        _used += piece.Length;
        return Count++;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, 2 * _entries.Length);
        _slots = new int[2 * _slots.Length];
        for (var index = 0; index < Count; index++)
        {
            var slot = _entries[index].Hash & (uint)(_slots.Length - 1);
            while (_slots[slot] != 0)
                slot = (slot + 1) & (uint)(_slots.Length - 1);
            _slots[slot] = index + 1;
        }
    }

    /// <summary>Eight bytes at a time, the last eight overlapping those before them.</summary>
    private static uint Hash(ReadOnlySpan<byte> piece)
    {
        var hash = (ulong)piece.Length * Multiplier;
        if (piece.Length >= 8)
        {
            for (var i = 0; i < piece.Length - 8; i += 8)
                hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(piece[i..]));
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(piece[^8..]));
        }
        else if (piece.Length >= 4)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt32LittleEndian(piece) | (ulong)BinaryPrimitives.ReadUInt32LittleEndian(piece[^4..]) << 32);
        }
        else if (piece.Length > 0)
        {
            hash = Mix(hash, piece[0] | (ulong)piece[piece.Length / 2] << 8 | (ulong)piece[^1] << 16);
        }

        return (uint)(hash >> 32);
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash ^ value) * Multiplier;
        return hash ^ (hash >> 29);
    }
}
