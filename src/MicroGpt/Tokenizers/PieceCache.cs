using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MicroGpt.Tokenizers;

/// <summary>
/// The ids of short pieces met before, since most words of a text are among a few thousand. Each piece has one place; the one that
/// came last keeps it, so the cache never grows. For one thread at a time.
/// </summary>
internal sealed class PieceCache
{
    /// <summary>The longest piece that is kept: what fits into one register.</summary>
    public const int MostBytes = 16;

    /// <summary>The most ids of a piece that is kept: with the piece they fill a line of the processor's caches.</summary>
    public const int MostIds = 11;

    // From 64 KB, so that a short text costs little, to two megabytes: more would miss less, but leave the processor's caches.
    private const int FirstLogEntries = 10;
    private const int MostLogEntries = 15;

    private Entry[] _entries = new Entry[1 << FirstLogEntries];
    private int _shift = 64 - FirstLogEntries;
    private int _added;

    /// <summary>A piece's bytes, filled with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Key(ReadOnlySpan<byte> utf8, int start, int length)
    {
        var mask = Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)length));
        if (start + MostBytes <= utf8.Length)
            return Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(utf8), (nuint)start) & mask;
        Span<byte> padded = stackalloc byte[MostBytes];
        padded.Clear();
        utf8.Slice(start, length).CopyTo(padded);
        return Vector128.Create<byte>(padded);
    }

    /// <summary>The place of a piece; where another piece or none is there, <see cref="Entry.Holds"/> says so.</summary>
    public ref Entry this[Vector128<byte> key]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var halves = key.AsUInt64();
            var hash = (halves[0] ^ (halves[1] * 0xC2B2AE3D27D4EB4F)) * 0x9E3779B97F4A7C15;
            return ref _entries[hash >> _shift];
        }
    }

    /// <summary>Puts a piece into its place. Once as many came as there are places, there will be four times as many, all empty.</summary>
    public void Add(Vector128<byte> key, int length, ReadOnlySpan<int> ids)
    {
        this[key].Set(key, length, ids);
        if (++_added < _entries.Length || _shift <= 64 - MostLogEntries)
            return;
        _shift = Math.Max(_shift - 2, 64 - MostLogEntries);
        _entries = new Entry[1 << (64 - _shift)];
        _added = 0;
    }

    /// <summary>A piece with its ids.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Entry
    {
        private Vector128<byte> _key;
        private Ids _ids;
        private short _length; // of the piece in bytes: it may end in zeros of its own
        private short _count;  // of ids

        /// <summary>Whether the piece here is the one asked for.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool Holds(Vector128<byte> key, int length) => _length == length && _key == key;

        /// <summary>Puts a piece here.</summary>
        public void Set(Vector128<byte> key, int length, ReadOnlySpan<int> ids)
        {
            _key = key;
            _length = (short)length;
            _count = (short)ids.Length;
            ids.CopyTo(_ids);
        }

        /// <summary>Appends the ids.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void AppendTo(List<int> ids)
        {
            ids.Add(_ids[0]);
            for (var i = 1; i < _count; i++)
                ids.Add(_ids[i]);
        }
    }

    [InlineArray(MostIds)]
    private struct Ids
    {
        private int _first;
    }
}
