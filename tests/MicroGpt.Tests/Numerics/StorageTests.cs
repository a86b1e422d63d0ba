using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

public sealed unsafe class StorageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100_001)]
    [InlineData((4 << 20) + 1)] // large pages
    public void Memory_is_zeroed_on_a_cache_line_and_as_large_as_asked_for(int bytes)
    {
        var storage = new Storage(bytes);
        Assert.Equal(bytes, storage.Bytes);
        Assert.Equal(0, (nint)storage.Pointer % 64);
        Assert.False(new Span<byte>(storage.Pointer, bytes).ContainsAnyExcept((byte)0));
        new Span<byte>(storage.Pointer, bytes).Fill(1);
    }

    [Fact]
    public void Memory_stays_where_it_is_when_garbage_is_collected()
    {
        var storage = new Storage(1000);
        var pointer = storage.Pointer;
        pointer[999] = 42;
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        Assert.True(pointer == storage.Pointer);
        Assert.Equal(42, pointer[999]);
    }

    [Fact]
    public void More_than_the_machine_has_is_refused() => Assert.Throws<InsufficientMemoryException>(() => new Storage(long.MaxValue / 2));
}
