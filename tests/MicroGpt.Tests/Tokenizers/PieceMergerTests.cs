using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class PieceMergerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Short_and_long_pieces_merge_as_the_definition_says(ulong seed)
    {
        var random = new MersenneTwister(seed);
        for (var round = 0; round < 25; round++)
        {
            var (table, merges) = Draw(random, letters: 1 + random.NextInt32(4), count: 1 + random.NextInt32(30));
            foreach (var length in (int[])[1, 2, 3, 7, 60, 127, 128, 129, 130, 400])
            {
                var ids = new int[length];
                for (var i = 0; i < length; i++)
                    ids[i] = random.NextInt32(4);
                var expected = Naive(ids, merges);
                Assert.Equal(expected, ids[..PieceMerger.Merge(ids, table)]);
            }
        }
    }

    [Fact]
    public void A_pair_has_one_merge()
    {
        var table = new MergeTable(2);
        Assert.True(table.TryAdd(1, 2, 0, 3));
        Assert.False(table.TryAdd(1, 2, 1, 4));
        Assert.Equal(3, MergeTable.Id(table[1, 2]));
        Assert.Equal(MergeTable.None, table[2, 1]);
    }

    private static (MergeTable Table, Dictionary<(int, int), (int Rank, int Id)> Merges) Draw(MersenneTwister random, int letters, int count)
    {
        var table = new MergeTable(count);
        var merges = new Dictionary<(int, int), (int, int)>();
        for (var rank = 0; rank < count; rank++)
        {
            var known = letters + merges.Count;
            var (left, right) = (random.NextInt32(known), random.NextInt32(known));
            if (merges.TryAdd((left, right), (rank, letters + merges.Count)))
                Assert.True(table.TryAdd(left, right, rank, letters + merges.Count - 1));
        }

        return (table, merges);
    }

    /// <summary>The definition: of all neighbours that merge, the leftmost of the lowest rank, again and again.</summary>
    private static List<int> Naive(int[] piece, Dictionary<(int, int), (int Rank, int Id)> merges)
    {
        var ids = piece.ToList();
        while (true)
        {
            var best = Enumerable.Range(0, ids.Count - 1)
                .Where(i => merges.ContainsKey((ids[i], ids[i + 1])))
                .OrderBy(i => merges[(ids[i], ids[i + 1])].Rank).ThenBy(i => i)
                .Cast<int?>().FirstOrDefault();
            if (best is not { } at)
                return ids;
            ids[at] = merges[(ids[at], ids[at + 1])].Id;
            ids.RemoveAt(at + 1);
        }
    }
}
