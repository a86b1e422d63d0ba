namespace MicroGpt.Numerics;

/// <summary>
/// Random numbers equal to those of CPython's <c>random.Random</c>: the generator MT19937 (Matsumoto, Nishimura 1998), its
/// seeding by an integer, and the ways Python makes uniform, Gaussian, shuffled and weighted choices of it. Everything random
/// in this library comes from here, so that a seed gives the same run everywhere, and the same as microgpt.py.
/// </summary>
/// <remarks>Not for secrets, and not for several threads at once.</remarks>
public sealed class MersenneTwister
{
    private const int N = 624; // words of state
    private const int M = 397; // distance of the words that are mixed

    private readonly uint[] _words = new uint[N];
    private int _next = N;
    private double? _gauss; // Gaussians come in pairs: the second waits here

    /// <summary>The generator after Python's <c>random.seed(seed)</c>.</summary>
    public MersenneTwister(ulong seed)
    {
        Initialize(19650218);
        // init_by_array with the seed's 32-bit digits, lowest first
        ReadOnlySpan<uint> key = [(uint)seed, (uint)(seed >> 32)];
        if (key[1] == 0)
            key = key[..1];

        var (i, j) = (1, 0);
        for (var k = 0; k < N; k++) // N is more than the key's length
        {
            _words[i] = (_words[i] ^ (Scrambled(i) * 1664525)) + key[j] + (uint)j;
            (i, j) = (i + 1, (j + 1) % key.Length);
            if (i == N)
                (_words[0], i) = (_words[N - 1], 1);
        }

        for (var k = 0; k < N - 1; k++)
        {
            _words[i] = (_words[i] ^ (Scrambled(i) * 1566083941)) - (uint)i;
            if (++i == N)
                (_words[0], i) = (_words[N - 1], 1);
        }

        _words[0] = 0x80000000;
    }

    /// <summary>32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_next == N)
            Refill();
        var y = _words[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    /// <summary>A uniform number in [0, 1), of 53 random bits: Python's <c>random()</c>.</summary>
    public double NextDouble()
    {
        var high = NextUInt32() >> 5; // 27 bits
        var low = NextUInt32() >> 6;  // 26 bits
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    /// <summary>A uniform integer in [0, <paramref name="limit"/>): Python's <c>randrange(limit)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is less than 1.</exception>
    public int NextInt32(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var bits = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)limit);
        uint value;
        do
            value = NextUInt32() >> (32 - bits);
        while (value >= limit);
        return (int)value;
    }

    /// <summary>A uniform integer in [0, <paramref name="limit"/>): Python's <c>randrange(limit)</c>, for limits of any size.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is less than 1.</exception>
    public long NextInt64(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var bits = 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)limit);
        ulong value;
        do
            value = bits <= 32
                ? NextUInt32() >> (32 - bits)
                : NextUInt32() | ((ulong)(NextUInt32() >> (64 - bits)) << 32); // the low word is drawn first
        while (value >= (ulong)limit);
        return (long)value;
    }

    /// <summary>A normally distributed number: Python's <c>gauss(mean, deviation)</c>.</summary>
    public double NextGaussian(double mean = 0, double deviation = 1)
    {
        if (_gauss is { } second)
        {
            _gauss = null;
            return mean + second * deviation;
        }

        // Box and Muller: a random angle, and the radius that a pair of independent Gaussians has.
        var angle = NextDouble() * 2 * Math.PI;
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        _gauss = Math.Sin(angle) * radius;
        return mean + Math.Cos(angle) * radius * deviation;
    }

    /// <summary>Puts the items into a random order: Python's <c>shuffle</c>.</summary>
    public void Shuffle<TItem>(IList<TItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>Different integers from 0 on, in random order: Python's <c>sample(range(limit), count)</c>.</summary>
    /// <param name="limit">How many there are to choose from.</param>
    /// <param name="count">How many are chosen.</param>
    /// <exception cref="ArgumentOutOfRangeException">More are wanted than there are, or fewer than none.</exception>
    public int[] Sample(int limit, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, limit);
        var chosen = new int[count];
        // Python keeps a list of what is left where that is smaller than a set of what is taken: the numbers drawn are others.
        var power = 4L;
        while (power < 3L * count)
            power *= 4;
        if (limit <= (count > 5 ? 21 + power : 21))
        {
            int[] left = [.. Enumerable.Range(0, limit)];
            for (var i = 0; i < count; i++)
            {
                var j = NextInt32(limit - i);
                (chosen[i], left[j]) = (left[j], left[limit - i - 1]);
            }
        }
        else
        {
            var taken = new HashSet<int>();
            for (var i = 0; i < count; i++)
            {
                do
                    chosen[i] = NextInt32(limit);
                while (!taken.Add(chosen[i]));
            }
        }

        return chosen;
    }

    /// <summary>An index drawn with probability proportional to its weight: Python's <c>choices(…, weights)</c>.</summary>
    /// <param name="weights">Non-negative numbers, not all zero.</param>
    /// <exception cref="ArgumentException">The weights' sum is not a positive finite number.</exception>
    public int NextIndex(ReadOnlySpan<double> weights)
    {
        var total = 0.0;
        foreach (var weight in weights)
            total += weight;
        if (!(total > 0) || !double.IsFinite(total))
            throw new ArgumentException($"The weights add up to {total}; a positive finite sum is needed.", nameof(weights));

        var target = NextDouble() * total;
        var sum = 0.0;
        for (var i = 0; i < weights.Length - 1; i++)
        {
            sum += weights[i];
            if (target < sum)
                return i;
        }

        return weights.Length - 1;
    }

    /// <summary>All there is to the generator's state, for a checkpoint.</summary>
    public MersenneTwisterState Save() => new([.. _words], _next, _gauss);

    /// <summary>Goes on exactly where <see cref="Save"/> was called.</summary>
    /// <exception cref="ArgumentException">The state is not one that <see cref="Save"/> gives.</exception>
    public void Restore(MersenneTwisterState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Words is not { Length: N } || state.Next is < 0 or > N)
            throw new ArgumentException($"A state of the random generator has {N} words and a position within them.", nameof(state));
        if (!state.Words.AsSpan().ContainsAnyExcept(0u) || (state.Gauss is { } waiting && !double.IsFinite(waiting)))
            throw new ArgumentException("No random generator gets into this state: all words zero, or a Gaussian not finite.", nameof(state));
        state.Words.CopyTo(_words, 0);
        _next = state.Next;
        _gauss = state.Gauss;
    }

    private uint Scrambled(int i) => _words[i - 1] ^ (_words[i - 1] >> 30);

    private void Initialize(uint seed)
    {
        _words[0] = seed;
        for (var i = 1; i < N; i++)
            _words[i] = 1812433253 * Scrambled(i) + (uint)i;
    }

    private void Refill()
    {
        for (var i = 0; i < N; i++)
        {
            var y = (_words[i] & 0x80000000) | (_words[(i + 1) % N] & 0x7fffffff);
            _words[i] = _words[(i + M) % N] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
        }

        _next = 0;
    }
}

/// <summary>The state of a <see cref="MersenneTwister"/>.</summary>
/// <param name="Words">624 words.</param>
/// <param name="Next">The next word to give out, 624 for none.</param>
/// <param name="Gauss">The Gaussian that waits, if one does.</param>
public sealed record MersenneTwisterState(uint[] Words, int Next, double? Gauss);
