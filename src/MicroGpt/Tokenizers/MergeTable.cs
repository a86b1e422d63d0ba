using System.Numerics;
using System.Runtime.CompilerServices;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Which pairs of neighbours merge: a hash table with open addressing, four numbers an entry, at most half full. A merge is one
/// number, its rank in the upper half and the id it gives in the lower, so that the smallest is the one to make first.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>What a pair that does not merge has: more than any merge.</summary>
    public const ulong None = ulong.MaxValue;

    private readonly Entry[] _entries;
    private readonly int _shift;

    /// <summary>An empty table.</summary>
    /// <param name="capacity">How many merges it will hold.</param>
    public MergeTable(int capacity)
    {
        _entries = new Entry[BitOperations.RoundUpToPowerOf2(Math.Max(4, 2 * (uint)capacity))];
        Array.Fill(_entries, new Entry { Pair = None });
        _shift = 64 - BitOperations.Log2((uint)_entries.Length);
    }

    /// <summary>The rank of a merge.</summary>
    public static uint Rank(ulong merge) => (uint)(merge >> 32);

    /// <summary>The id that a merge gives.</summary>
    public static int Id(ulong merge) => (int)merge;

    /// <summary>Adds a merge; false where the pair has one already.</summary>
    public bool TryAdd(int left, int right, int rank, int id)
    {
        ref var entry = ref Find(left, right);
        if (entry.Pair != None)
            return false;
        entry = new Entry { Pair = Pair(left, right), Merge = ((ulong)rank << 32) | (uint)id };
        return true;
    }

    /// <summary>The merge of two neighbours, or <see cref="None"/>.</summary>
    public ulong this[int left, int right]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ref var entry = ref Find(left, right);
            return entry.Pair == None ? None : entry.Merge;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry Find(int left, int right)
    {
        var pair = Pair(left, right);
        var slot = (int)((pair * 0x9E3779B97F4A7C15) >> _shift);
        while (true)
        {
            ref var entry = ref _entries[slot];
            if (entry.Pair == pair || entry.Pair == None)
                return ref entry;
            slot = (slot + 1) & (_entries.Length - 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private struct Entry
    {
        public ulong Pair;
        public ulong Merge;
    }
}
