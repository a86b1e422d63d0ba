using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics;

/// <summary>
/// A block of memory that tensors point into: zeroed, aligned to a cache line, and owned by the garbage collector. There is
/// nothing to dispose and nothing to leak; the array is pinned for life, so pointers into it stay valid while this object is
/// reachable.
/// </summary>
internal sealed unsafe class Storage
{
    /// <summary>One cache line, and one 512-bit vector.</summary>
    public const int Alignment = 64;

    // Elements of 8 bytes lift the array limit of 2^31 elements, less a few, to 16 GiB.
    private const long LargestBlock = 8L * (int.MaxValue - 1024);

    private readonly ulong[] _memory;

    /// <exception cref="InsufficientMemoryException">The machine does not have that much, told before it is tried.</exception>
    public Storage(long bytes)
    {
        if (bytes > LargestBlock)
            throw new InsufficientMemoryException();
        CheckRoom(bytes);
        Bytes = bytes;
        _memory = GC.AllocateArray<ulong>(checked((int)((bytes + Alignment + 7) / 8)), pinned: true);
        var start = (nint)Unsafe.AsPointer(ref _memory[0]);
        Pointer = (byte*)((start + Alignment - 1) & -Alignment);
    }

    /// <summary>
    /// Refuses what can't fit beside what is there. Linux hands out more memory than it has and kills whoever uses it: a person
    /// would see a program vanish, not a sentence.
    /// </summary>
    /// <param name="bytes">How much is wanted; a fraction of a byte more or less does not matter.</param>
    public static void CheckRoom(double bytes)
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes + GC.GetTotalMemory(forceFullCollection: false) > available
            && bytes + GC.GetTotalMemory(forceFullCollection: true) > available)
            throw new InsufficientMemoryException();
    }

    public byte* Pointer { get; }

    public long Bytes { get; }
}
