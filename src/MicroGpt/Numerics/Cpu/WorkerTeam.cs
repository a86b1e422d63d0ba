using System.Numerics;
using System.Runtime.InteropServices;

namespace MicroGpt.Numerics.Cpu;

/// <summary>Work that falls into independent items: rows, tiles, heads.</summary>
internal unsafe interface IWork
{
    /// <summary>Does the items from <paramref name="begin"/> to before <paramref name="end"/>.</summary>
    /// <param name="begin">The first item.</param>
    /// <param name="end">The item after the last.</param>
    /// <param name="scratch">Memory of this thread's own, of the size asked for, with arbitrary contents.</param>
    void Run(int begin, int end, byte* scratch);
}

/// <summary>
/// Threads that wait for work together with their caller. Every thread has a share of the items, the same part of the whole in every
/// round, so that it finds in its own caches the rows that it wrote a moment ago; it takes them in chunks, and when they are done it
/// helps others with theirs, because a neighbour may take a core at any time. Which thread does a chunk never matters to the result:
/// every item is computed whole by one thread. Waiting threads spin for a moment, yield, then sleep; giving them work allocates nothing.
/// </summary>
/// <remarks>
/// The state of a share is one number, <c>(round &lt;&lt; 32) | chunks left</c>. A thread takes a chunk by counting it down with
/// compare-and-swap; as it succeeds only within the round it has read, and a round ends only when every chunk taken is done,
/// a thread that wakes late can never touch the work of a round that is over.
/// </remarks>
internal sealed unsafe class WorkerTeam : IDisposable
{
    private const int SpinsBeforeYield = 2000; // some 65 µs on the machine of docs/log.md: longer than the gap between two operations
    private const int YieldsBeforeSleep = 50;
    private const int SmallScratch = 1 << 16;

    [ThreadStatic]
    private static Storage? t_small; // a caller's own, for work that it does alone

    private readonly Thread[] _workers;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Storage?[] _scratch; // one a thread; the caller's is the first
    private readonly Lock _callers = new();
    private readonly bool _isMeta;

    private void* _work;
    private delegate*<void*, int, int, byte*, void> _run;
    private int _items;
    private int _itemsPerChunk;
    private int _unfinished;
    private readonly Share[] _shares;
    private long _round;
    private int _sleepers;
    private volatile bool _disposed;

    /// <summary>A team that waits for work.</summary>
    /// <param name="threads">How many threads, the caller included.</param>
    /// <param name="isMeta">Whether it only counts the memory that these threads would need, and does nothing.</param>
    public WorkerTeam(int threads, bool isMeta = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 1024);
        Threads = threads;
        _isMeta = isMeta;
        _scratch = new Storage?[threads];
        _shares = new Share[threads];
        _workers = new Thread[isMeta ? 0 : threads - 1];
        for (var i = 0; i < _workers.Length; i++)
        {
            var member = i + 1;
            _workers[i] = new Thread(() => Serve(member)) { IsBackground = true, Name = $"MicroGpt worker {member}" };
            _workers[i].Start();
        }
    }

    /// <summary>How many threads work, the caller included.</summary>
    public int Threads { get; }

    /// <summary>The memory of all threads' own.</summary>
    public long ScratchBytes => _scratch.Sum(storage => storage?.Bytes ?? 0);

    /// <summary>How many of them have given up waiting for work and sleep, or are about to.</summary>
    public int Sleepers => Volatile.Read(ref _sleepers);

    /// <summary>Does <paramref name="items"/> items of work and returns when all are done.</summary>
    /// <param name="work">What to do; it must not throw.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="itemsPerChunk">How many make a chunk worth handing to another thread; all of them for no help at all.</param>
    /// <param name="scratchBytes">How much memory of its own each thread needs.</param>
    public void Run<TWork>(TWork work, int items, int itemsPerChunk, int scratchBytes = 0) where TWork : unmanaged, IWork
    {
        if (items <= 0)
            return;

        if (items <= itemsPerChunk && scratchBytes <= SmallScratch)
        {
            // Nobody else is needed: neither is the lock, which takes longer than a tiny model's operations.
            if (!_isMeta)
                work.Run(0, items, scratchBytes == 0 ? null : (t_small ??= new Storage(SmallScratch, clear: false)).Pointer);
            return;
        }

        lock (_callers)
        {
            EnsureScratch(scratchBytes);
            if (_isMeta)
                return;
            var chunks = (int)(((long)items + itemsPerChunk - 1) / itemsPerChunk);
            if (chunks <= 1 || _workers.Length == 0)
            {
                work.Run(0, items, Scratch(0));
                return;
            }

            _work = &work;
            _run = &Invoke<TWork>;
            _items = items;
            _itemsPerChunk = itemsPerChunk;
            _unfinished = chunks;
            var round = _round + 1;
            for (var member = 0; member < Threads; member++)
            {
                ref var share = ref _shares[member];
                share.End = (int)((long)chunks * (member + 1) / Threads);
                var size = share.End - (int)((long)chunks * member / Threads);
                Volatile.Write(ref share.State, (round << 32) | (uint)size);
            }

            Interlocked.Exchange(ref _round, round);
            var sleepers = Sleepers;
            if (sleepers > 0)
                _wake.Release(Math.Min(sleepers, chunks - 1));

            WorkOff(0);
            var waited = 0;
            while (Volatile.Read(ref _unfinished) != 0)
                Pause(++waited);
        }
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _wake.Release(_workers.Length + 1);
        foreach (var worker in _workers)
            worker.Join();
        _wake.Dispose();
    }

    private static void Invoke<TWork>(void* work, int begin, int end, byte* scratch) where TWork : unmanaged, IWork =>
        ((TWork*)work)->Run(begin, end, scratch);

    private void Serve(int member)
    {
        var (waited, seen) = (0, 0L);
        while (!_disposed)
        {
            var round = Volatile.Read(ref _round);
            if (round != seen)
            {
                WorkOff(member);
                (waited, seen) = (0, round);
            }
            else if (++waited < SpinsBeforeYield + YieldsBeforeSleep)
            {
                Pause(waited);
            }
            else
            {
                Sleep(seen);
                waited = 0;
            }
        }
    }

    /// <summary>Takes chunks, one's own first, until none is left.</summary>
    private void WorkOff(int member)
    {
        for (var i = 0; i < Threads; i++)
        {
            ref var share = ref _shares[(member + i) % Threads];
            while (true)
            {
                var state = Volatile.Read(ref share.State);
                var left = (int)(uint)state;
                if (left == 0)
                    break;
                if (Interlocked.CompareExchange(ref share.State, state - 1, state) != state)
                    continue; // another thread was quicker: look again

                var begin = (share.End - left) * (long)_itemsPerChunk; // from the first to the last, as kernels walk that prefetch
                _run(_work, (int)begin, (int)Math.Min(begin + _itemsPerChunk, _items), Scratch(member));
                Interlocked.Decrement(ref _unfinished);
            }
        }
    }

    private static void Pause(int waited)
    {
        if (waited < SpinsBeforeYield)
            Thread.SpinWait(1);
        else
            Thread.Yield();
    }

    private void Sleep(long seen)
    {
        Interlocked.Increment(ref _sleepers);
        // Work published before the line above was seen by nobody's Release: look once more before sleeping.
        if (Volatile.Read(ref _round) == seen && !_disposed)
            _wake.Wait();
        Interlocked.Decrement(ref _sleepers);
    }

    private byte* Scratch(int member) => _scratch[member] is { } storage ? storage.Pointer : null;

    private void EnsureScratch(int bytes)
    {
        if (bytes == 0 || _scratch[0]?.Bytes >= bytes)
            return;
        // No round is under way here, so nobody holds a pointer into the old memory.
        var size = BitOperations.RoundUpToPowerOf2((uint)bytes);
        for (var i = 0; i < _scratch.Length; i++)
            _scratch[i] = _isMeta ? Storage.WithoutMemory(size) : new Storage(size, clear: false);
    }

    /// <summary>One thread's chunks, two cache lines from the next one's.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Share
    {
        [FieldOffset(0)]
        public long State;

        [FieldOffset(8)]
        public int End;
    }
}
