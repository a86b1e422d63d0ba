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

    // Elements of 8 bytes lift the array limit of 2^31 elements to 16 GiB.
    private readonly ulong[] _memory;

    public Storage(long bytes)
    {
        Bytes = bytes;
        _memory = GC.AllocateArray<ulong>(checked((int)((bytes + Alignment + 7) / 8)), pinned: true);
        var start = (nint)Unsafe.AsPointer(ref _memory[0]);
        Pointer = (byte*)((start + Alignment - 1) & -Alignment);
    }

    public byte* Pointer { get; }

    public long Bytes { get; }
}
