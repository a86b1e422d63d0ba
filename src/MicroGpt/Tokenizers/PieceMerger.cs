using System.Buffers;
using System.Runtime.CompilerServices;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Merges the ids of one piece in place until no neighbours merge: always the pair of the lowest rank, the leftmost of equals.
/// Short pieces look through all pairs for each merge; long ones keep the pairs in a heap, so that n ids take n·log n steps.
/// </summary>
internal static class PieceMerger
{
    // Where looking through all of them and keeping a heap take the same time, about.
    private const int MostScanned = 128;

    /// <summary>Merges, and returns how many ids are left at the start of <paramref name="ids"/>.</summary>
    public static int Merge(Span<int> ids, MergeTable merges) =>
        ids.Length <= MostScanned ? MergeScanning(ids, merges) : MergeWithHeap(ids, merges);

    [SkipLocalsInit] // no pair is read before it is written
    private static int MergeScanning(Span<int> ids, MergeTable merges)
    {
        Span<ulong> pairs = stackalloc ulong[MostScanned]; // pairs[i] is the merge of ids[i] and ids[i + 1]
        var last = ids.Length - 1;                         // the last id, which begins no pair
        for (var i = 0; i < last; i++)
            pairs[i] = merges[ids[i], ids[i + 1]];
        while (last > 0)
        {
            var best = MergeTable.None;
            var at = 0;
            for (var i = 0; i < last; i++)
            {
                if (pairs[i] < best)
                {
                    best = pairs[i];
                    at = i;
                }
            }

            if (best == MergeTable.None)
                break;
            ids[at] = MergeTable.Id(best);
            ids[(at + 2)..(last + 1)].CopyTo(ids[(at + 1)..]);
            if (at + 1 < last)
                pairs[(at + 2)..last].CopyTo(pairs[(at + 1)..]);
            last--;
            if (at < last)
                pairs[at] = merges[ids[at], ids[at + 1]];
            if (at > 0)
                pairs[at - 1] = merges[ids[at - 1], ids[at]];
        }

        return last + 1;
    }

    /// <summary>The ids are a doubly linked list; the heap holds (rank, place), and what no longer holds is passed over.</summary>
    private static int MergeWithHeap(Span<int> ids, MergeTable merges)
    {
        var count = ids.Length;
        var links = ArrayPool<int>.Shared.Rent(2 * count);
        var pairs = ArrayPool<ulong>.Shared.Rent(count);
        var heap = new Heap(count);
        var next = links.AsSpan(0, count);
        var previous = links.AsSpan(count, count);
        for (var i = 0; i < count; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
            Look(ids, i, i + 1);
        }

        while (heap.TryPop(out var entry))
        {
            var at = (int)entry;
            var merge = pairs[at];
            if (merge == MergeTable.None || MergeTable.Rank(merge) != entry >> 32)
                continue;
            var right = next[at];
            ids[at] = MergeTable.Id(merge);
            pairs[right] = MergeTable.None;
            next[at] = next[right];
            if (next[at] < count)
                previous[next[at]] = at;
            Look(ids, at, next[at]);
            if (previous[at] >= 0)
                Look(ids, previous[at], at);
        }

        var written = 0;
        for (var i = 0; i < count; i = next[i])
            ids[written++] = ids[i];
        heap.Dispose();
        ArrayPool<ulong>.Shared.Return(pairs);
        ArrayPool<int>.Shared.Return(links);
        return written;

        void Look(Span<int> ids, int left, int right)
        {
            pairs[left] = right < count ? merges[ids[left], ids[right]] : MergeTable.None;
            if (pairs[left] != MergeTable.None)
                heap.Push(((ulong)MergeTable.Rank(pairs[left]) << 32) | (uint)left);
        }
    }

    /// <summary>A binary heap of numbers, the smallest first.</summary>
    private struct Heap(int capacity) : IDisposable
    {
        private ulong[] _items = ArrayPool<ulong>.Shared.Rent(capacity);
        private int _count;

        public void Push(ulong item)
        {
            if (_count == _items.Length)
                Grow();
            var at = _count++;
            for (; at > 0 && _items[(at - 1) / 2] is var parent && parent > item; at = (at - 1) / 2)
                _items[at] = parent;
            _items[at] = item;
        }

        public bool TryPop(out ulong item)
        {
            if (_count == 0)
            {
                item = 0;
                return false;
            }

            item = _items[0];
            var moved = _items[--_count];
            var at = 0;
            for (var child = 1; child < _count; child = 2 * at + 1)
            {
                if (child + 1 < _count && _items[child + 1] < _items[child])
                    child++;
                if (_items[child] >= moved)
                    break;
                _items[at] = _items[child];
                at = child;
            }

            _items[at] = moved;
            return true;
        }

        public void Dispose() => ArrayPool<ulong>.Shared.Return(_items);

        private void Grow()
        {
            var larger = ArrayPool<ulong>.Shared.Rent(2 * _items.Length);
            _items.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<ulong>.Shared.Return(_items);
            _items = larger;
        }
    }
}
