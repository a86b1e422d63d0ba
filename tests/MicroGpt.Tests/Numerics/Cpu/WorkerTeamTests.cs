using System.Diagnostics;
using MicroGpt.Numerics;
using MicroGpt.Numerics.Cpu;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed unsafe class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_item_is_done_exactly_once_in_every_round(int threads)
    {
        using var team = new WorkerTeam(threads);
        var random = new MersenneTwister(1);
        for (var round = 0; round < 1000; round++)
        {
            var items = round < 20 ? round / 10 : 1 + random.NextInt32(300); // none, one, many
            var done = Counted(team, items, itemsPerChunk: 1 + random.NextInt32(9));
            Assert.All(done, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void Less_than_no_items_is_no_work()
    {
        using var team = new WorkerTeam(2);
        team.Run(new Count(null), -5, 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Each_thread_has_scratch_memory_of_its_own_that_grows(int threads)
    {
        using var team = new WorkerTeam(threads);
        foreach (var bytes in new[] { 8, 100, 5000, 64 })
        {
            var wrong = 0;
            team.Run(new UseScratch(&wrong, bytes), 200, 1, bytes);
            Assert.Equal(0, wrong);
        }
    }

    [Fact]
    public void A_team_that_went_to_sleep_wakes_up()
    {
        using var team = new WorkerTeam(3);
        for (var round = 0; round < 5; round++)
        {
            while (team.Sleepers < 2)
                Thread.Yield();
            // Items that wait for each other are only done if each is taken by another thread.
            var met = 0;
            team.Run(new Meet(&met, team.Threads), team.Threads, 1);
            Assert.Equal(team.Threads, met);
        }
    }

    [Fact]
    public void Disposing_ends_the_threads_and_can_be_done_twice()
    {
        var before = Process.GetCurrentProcess().Threads.Count;
        for (var i = 0; i < 30; i++)
        {
            var team = new WorkerTeam(8);
            if (i % 2 == 0)
                Counted(team, 50, 1);
            team.Dispose();
            team.Dispose();
        }

        // 210 threads were started; the process has none of them left, whatever other tests start meanwhile.
        Assert.InRange(Process.GetCurrentProcess().Threads.Count - before, -1000, 100);
    }

    [Fact]
    public void Callers_from_several_threads_take_turns()
    {
        using var team = new WorkerTeam(3);
        var wrong = 0;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            for (var round = 0; round < 200; round++)
                if (Counted(team, 64, 3).Any(times => times != 1))
                    Interlocked.Increment(ref wrong);
        });
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void One_device_serves_several_tapes_at_once()
    {
        using var device = KernelAssert.Create(256, DType.Float64, threads: 2);
        var alone = Enumerable.Range(0, 4).Select(Gradient).ToArray();
        var together = new double[4][];
        for (var round = 0; round < 5; round++)
        {
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, caller => together[caller] = Gradient(caller));
            Assert.Equal(alone, together);
        }

        // Callers differ in their numbers, so that one would notice if it got another's.
        double[] Gradient(int caller)
        {
            var random = new MersenneTwister((ulong)caller);
            var x = Operations.GradientAssert.Parameter(device, new Shape(40, 30), random);
            var weight = Operations.GradientAssert.Parameter(device, new Shape(50, 30), random);
            var tape = new Tape(device);
            for (var step = 0; step < 20; step++)
            {
                tape.Reset();
                tape.Backward(tape.CrossEntropy(tape.Gelu(tape.Linear(x, weight)), tape.Range(0, new Shape(1, 40))));
            }

            return weight.Grad!.AsSpan<double>().ToArray();
        }
    }

    private static int[] Counted(WorkerTeam team, int items, int itemsPerChunk)
    {
        var done = new int[items + 1]; // one more, to be pinned and to stay zero
        fixed (int* counts = done)
            team.Run(new Count(counts), items, itemsPerChunk);
        Assert.Equal(0, done[items]);
        return done[..items];
    }

    private readonly struct Count(int* counts) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var item = begin; item < end; item++)
                Interlocked.Increment(ref counts[item]);
        }
    }

    /// <summary>Fills the scratch memory with the item's number and looks whether all of it is still there.</summary>
    private readonly struct UseScratch(int* wrong, int bytes) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var span = new Span<byte>(scratch, bytes);
            for (var item = begin; item < end; item++)
            {
                span.Fill((byte)item);
                Thread.Yield();
                if ((nint)scratch % Storage.Alignment != 0 || span.ContainsAnyExcept((byte)item))
                    Interlocked.Increment(ref *wrong);
            }
        }
    }

    /// <summary>Waits until all have come, or for so long that they never will.</summary>
    private readonly struct Meet(int* met, int all) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var waiting = Stopwatch.StartNew();
            Interlocked.Add(ref *met, end - begin);
            while (Volatile.Read(ref *met) < all && waiting.Elapsed < TimeSpan.FromSeconds(20))
                Thread.Yield();
            if (Volatile.Read(ref *met) < all)
                Interlocked.Add(ref *met, -all); // so that those who come later do not hide it
        }
    }
}
