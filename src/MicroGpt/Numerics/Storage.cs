using System.Runtime.InteropServices;

namespace MicroGpt.Numerics;

/// <summary>
/// A block of memory that tensors point into: aligned to a cache line, and owned by the garbage collector. There is
/// nothing to dispose and nothing to leak; pointers into it stay valid while this object is reachable. Large blocks ask Linux for
/// pages of 2 MiB, so that kernels, which walk through many rows at once, do not wait for addresses to be looked up.
/// </summary>
internal sealed unsafe partial class Storage
{
    /// <summary>One cache line, and one 512-bit vector.</summary>
    public const int Alignment = 64;

    private const nuint HugePage = 2 << 20;
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE of Linux's madvise(2)

    private static long s_nativeBytes;
    private static long s_peakBytes;

    private readonly void* _memory;

    /// <summary>So many bytes.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="clear">Whether they are zeros; otherwise they are arbitrary, and a page takes room only once it is written to.</param>
    /// <exception cref="InsufficientMemoryException">The machine does not have that much, told before it is tried.</exception>
    public Storage(long bytes, bool clear = true)
    {
        CheckRoom(bytes);
        Bytes = bytes;
        var large = bytes >= (long)HugePage;
        var size = (nuint)Math.Max(bytes, 1);
        _memory = NativeMemory.AlignedAlloc(size, large ? HugePage : Alignment);
        if (large && OperatingSystem.IsLinux())
            _ = Advise(_memory, size & ~(HugePage - 1), AdviseHugePages); // whole ones: rounded up, GPT-2 would take an eighth more
        if (clear)
            NativeMemory.Clear(_memory, size);
        Pointer = (byte*)_memory;
        Raise(ref s_peakBytes, Interlocked.Add(ref s_nativeBytes, bytes));
        GC.AddMemoryPressure(Math.Max(bytes, 1));
    }

    private Storage(byte* pointer, long bytes)
    {
        Pointer = pointer;
        Bytes = bytes;
    }

    /// <summary>So many bytes that are only counted. The pointer is not null, which would mean that there is no operand, but leads nowhere.</summary>
    public static Storage WithoutMemory(long bytes) => new((byte*)Alignment, bytes);

    ~Storage()
    {
        if (_memory is null)
            return; // there is none, or the constructor has thrown
        NativeMemory.AlignedFree(_memory);
        Interlocked.Add(ref s_nativeBytes, -Bytes);
        GC.RemoveMemoryPressure(Math.Max(Bytes, 1));
    }

    /// <summary>
    /// Refuses what can't fit beside what is there. Linux hands out more memory than it has and kills whoever uses it: a person
    /// would see a program vanish, not a sentence.
    /// </summary>
    /// <param name="bytes">How much is wanted; a fraction of a byte more or less does not matter.</param>
    public static void CheckRoom(double bytes)
    {
        if (bytes <= Room)
            return;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (bytes > Room)
            throw new InsufficientMemoryException(
                $"There is not enough memory: {ByteCount.InWords((long)bytes)} are needed, and {ByteCount.InWords(Math.Max(Room, 0))} are left.");
    }

    /// <summary>How many bytes fit beside what this program holds; what others hold is not known.</summary>
    public static long Room =>
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - GC.GetTotalMemory(forceFullCollection: false) - Volatile.Read(ref s_nativeBytes);

    /// <summary>The most bytes that this program has held at once since <see cref="ForgetPeak"/>, garbage that is not collected yet included.</summary>
    public static long PeakBytes => Volatile.Read(ref s_peakBytes);

    /// <summary>From here on the peak is that of what is held now, and of what comes.</summary>
    public static void ForgetPeak()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Volatile.Write(ref s_peakBytes, Volatile.Read(ref s_nativeBytes));
    }

    public byte* Pointer { get; }

    public bool HasMemory => _memory is not null;

    public long Bytes { get; }

    private static void Raise(ref long most, long value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
