using MicroGpt.Data;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Data;

/// <summary>Several processes share the work of one: row for row, whatever kind of batches, also after a resume.</summary>
public sealed class RankTests
{
    private static readonly MemoryTokens s_tokens = new([.. Enumerable.Range(0, 40).Select(d => (int[])[0, .. Enumerable.Range(100 * d + 1, 1 + d * 7 % 13)])]);

    public static TheoryData<string, int> Cases() =>
        new(from kind in (string[])["windows", "streams", "packed", "documents"] from world in (int[])[1, 2, 3] select (kind, world));

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_ranks_rows_one_below_another_are_those_of_one_process(string kind, int world)
    {
        const int Rows = 4;
        var alone = Create(kind, world * Rows, Rank.Single);
        var ranks = Enumerable.Range(0, world).Select(index => Create(kind, Rows, new Rank(index, world))).ToArray();
        var (expected, actual) = (new Batch(), new Batch());
        for (var i = 0; i < 30; i++)
        {
            if (i == 10 && kind != "windows") // whose state is that of the random generator
                ranks = [.. Enumerable.Range(0, world).Select(index => Resumed(Create(kind, Rows, new Rank(index, world)), ranks[0].State))];
            alone.FillNext(expected);
            for (var index = 0; index < world; index++)
            {
                ranks[index].FillNext(actual);
                for (var row = 0; row < Rows; row++)
                    Assert.Equal(Row(expected, index * Rows + row), Row(actual, row));
            }

            Assert.All(ranks, rank => Assert.Equal(alone.State.Waiting, rank.State.Waiting));
            Assert.All(ranks, rank => Assert.Equal((alone.State.Drawn, alone.State.Position), (rank.State.Drawn, rank.State.Position)));
        }
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public void There_is_no_such_process(int index, int world) => Assert.Throws<ArgumentOutOfRangeException>(() => new Rank(index, world));

    private static IBatchSource Create(string kind, int rows, Rank rank) => kind switch
    {
        "windows" => new WindowBatches(s_tokens, rows, 9, new MersenneTwister(3), rank),
        "streams" => new StreamBatches(s_tokens, rows, 9, rank),
        "packed" => new PackedBatches(s_tokens, rows, 9, DocumentOrder.Shuffled(40, 3), rank, waiting: 10),
        _ => new DocumentBatches(s_tokens, rows, 9, DocumentOrder.Shuffled(40, 3), endId: 0, rank),
    };

    private static IBatchSource Resumed(IBatchSource source, BatchState state)
    {
        source.State = state;
        return source;
    }

    /// <summary>A row's pairs of input and target, without padding: batches of documents are as long as their own longest.</summary>
    private static (int, int)[] Row(Batch batch, int row)
    {
        var at = row * batch.Columns;
        return [.. batch.Inputs.Slice(at, batch.Columns).ToArray().Zip(batch.Targets.Slice(at, batch.Columns).ToArray()).Where(pair => pair.Second != Tape.IgnoredTarget)];
    }
}
