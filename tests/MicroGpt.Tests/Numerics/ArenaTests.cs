using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

public sealed unsafe class ArenaTests
{
    [Fact]
    public void Pieces_are_aligned_and_do_not_overlap()
    {
        var arena = new Arena(bytes => new Storage(bytes));
        var random = new MersenneTwister(2);
        var pieces = new List<(nint Start, nint End, Storage Storage)>();
        for (var i = 0; i < 200; i++)
        {
            var bytes = random.NextInt32(i % 50 == 0 ? 1 << 21 : 3000); // some larger than a block
            var storage = arena.Allocate(bytes, out var pointer);
            Assert.Equal(0, (nint)pointer % Storage.Alignment);
            Assert.InRange((nint)pointer, (nint)storage.Pointer, (nint)storage.Pointer + (nint)storage.Bytes - bytes);
            new Span<byte>(pointer, bytes).Fill(1); // the memory is there
            pieces.Add(((nint)pointer, (nint)pointer + bytes, storage));
        }

        pieces.RemoveAll(piece => piece.Start == piece.End);
        pieces.Sort();
        Assert.All(pieces.Zip(pieces.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
    }

    [Fact]
    public void Behind_a_rewind_the_same_pieces_come_again_and_nothing_is_allocated()
    {
        var allocated = 0L;
        var arena = new Arena(bytes =>
        {
            allocated += bytes;
            return new Storage(bytes, clear: false);
        });
        nint[] Step() => [.. new[] { 700_000, 800_000, 5, 3_000_000 }.Select(bytes =>
        {
            arena.Allocate(bytes, out var pointer);
            return (nint)pointer;
        })];
        var first = Step(); // several blocks
        var (used, blocks) = (arena.BytesInUse, allocated);
        Assert.InRange(blocks, used, 2 * used);
        Assert.Equal(4_500_096, used); // in whole cache lines
        arena.Rewind();
        Assert.Equal(0, arena.BytesInUse);
        Assert.Equal(first, Step());
        Assert.Equal((used, used), (arena.BytesInUse, arena.PeakBytes));
        Assert.Equal(blocks, allocated);
    }
}
