using System.Numerics;

namespace MicroGpt.Data;

/// <summary>
/// The order in which documents come: every one once a round, and each round in an order of its own. It takes no memory,
/// however many there are: a Feistel network (Luby, Rackoff 1988) permutes the numbers below a power of four, and is applied
/// again where it leads to no document.
/// </summary>
public sealed class DocumentOrder
{
    private const int Rounds = 16; // four would do for many documents; for a handful, fewer than a dozen prefer some orders

    private readonly ulong? _seed;
    private readonly int _halfBits;

    private DocumentOrder(long count, ulong? seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (Count, _seed) = (count, seed);
        _halfBits = Math.Max(1, (64 - BitOperations.LeadingZeroCount((ulong)(count - 1)) + 1) / 2);
    }

    /// <summary>How many documents there are.</summary>
    public long Count { get; }

    /// <summary>The document that comes as the n-th, over all rounds.</summary>
    public long this[long n]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(n);
            var (round, index) = Math.DivRem(n, Count);
            if (_seed is not { } seed)
                return index;
            var key = Mix(seed ^ Mix((ulong)round));
            var value = (ulong)index;
            do
                value = Permute(value, key);
            while (value >= (ulong)Count);
            return (long)value;
        }
    }

    /// <summary>As they lie, every round.</summary>
    public static DocumentOrder InOrder(long count) => new(count, null);

    /// <summary>Shuffled anew every round; the same seed, the same order.</summary>
    public static DocumentOrder Shuffled(long count, ulong seed) => new(count, seed);

    private ulong Permute(ulong value, ulong key)
    {
        var mask = (1UL << _halfBits) - 1;
        var (left, right) = (value >> _halfBits, value & mask);
        for (var round = 0UL; round < Rounds; round++)
            (left, right) = (right, left ^ (Mix(key + (round << 32 << 8) + right) & mask));
        return (left << _halfBits) | right;
    }

    /// <summary>The finalizer of SplitMix64 (Steele, Lea, Flood 2014), which turns numbers that are near into ones that are not.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
