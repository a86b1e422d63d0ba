using MicroGpt.Data;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Data;

/// <summary>
/// Rows packed with documents that say of themselves who they are: document d is [Bos, 1000·d + 1, 1000·d + 2, …], so what
/// became of every token can be read off the batches.
/// </summary>
public sealed class PackedBatchesTests
{
    private const int Bos = 0;

    [Fact]
    public void The_largest_that_fits_comes_first_and_the_shortest_is_cropped()
    {
        // Rows of 10 tokens: 6 + 4.
        var tokens = Documents(3, 5, 6, 3, 4);
        var batch = new Batch();
        new PackedBatches(tokens, 2, 9, waiting: 5).FillNext(batch);
        Assert.Equal([0, 2001, 2002, 2003, 2004, 2005, 0, 4001, 4002], batch.Inputs[..9].ToArray());
        Assert.Equal([2001, 2002, 2003, 2004, 2005, 0, 4001, 4002, 4003], batch.Targets[..9].ToArray());
        // Two more were drawn, of 3 and 5: 5 + 5.
        Assert.Equal([0, 1001, 1002, 1003, 1004, 0, 1001, 1002, 1003], batch.Inputs[9..].ToArray());

        // With nothing more to draw, 5 + 3, and two of the shortest left, which has 3.

        var inOrder = PackedBatches.InOrder(tokens, 2, 9, 10).Single();
        Assert.Equal([0, 1001, 1002, 1003, 1004, 0, 1, 2, 0, 3001], [.. inOrder.Inputs[9..], inOrder.Targets[^1]]);
    }

    [Theory]
    [InlineData(1, 4, 7, 1000)]
    [InlineData(2, 3, 16, 5)]
    [InlineData(3, 8, 5, 1)]
    [InlineData(4, 1, 40, 100)]
    public void Every_row_starts_with_Bos_has_no_padding_and_every_token_is_accounted_for(ulong seed, int rows, int context, int waiting)
    {
        var random = new MersenneTwister(seed);
        var lengths = Enumerable.Range(0, 60).Select(_ => 2 + random.NextInt32(20)).ToArray();
        var tokens = Documents(lengths);
        var packed = new PackedBatches(tokens, rows, context, DocumentOrder.Shuffled(60, seed), waiting: waiting);
        var batch = new Batch();
        var given = new Dictionary<int, int>(); // how often each document's start was given out
        var (count, pieces) = (0L, 0);
        for (var i = 0; i < 50; i++)
        {
            packed.FillNext(batch);
            Assert.Equal(new Shape(rows, context), batch.Shape);
            for (var row = 0; row < rows; row++)
            {
                var ids = Row(batch, row);
                Assert.Equal(Bos, ids[0]);
                count += ids.Length;
                foreach (var piece in Pieces(ids))
                {
                    pieces++;
                    Assert.Equal(Enumerable.Range(1, piece.Length - 1).Select(k => piece.Length > 1 ? piece[1] / 1000 * 1000 + k : 0), piece[1..]);
                    if (piece.Length > 1)
                        given[piece[1] / 1000] = given.GetValueOrDefault(piece[1] / 1000) + 1;
                }
            }
        }

        Assert.Equal(50L * rows * (context + 1), count);
        Assert.Equal(count, packed.PackedTokens);
        // What was drawn was given out, cropped, or waits.
        var state = packed.State;
        var order = DocumentOrder.Shuffled(60, seed);
        var drawn = Sum(Enumerable.Range(0, (int)state.Drawn).Select(n => tokens.LengthOf(order[n])));
        var waits = Sum(state.Waiting.Select(n => Math.Min(tokens.LengthOf(order[n]), context + 1)));
        Assert.Equal(drawn, packed.PackedTokens + packed.CroppedTokens + waits);
        Assert.Equal(state.Drawn, pieces + state.Waiting.Count);
        Assert.Equal(0, packed.SkippedDocuments);
        // Nothing waits for ever: of as many rounds as were drawn, each document was in all but a few.
        var rounds = (int)(state.Drawn / 60);
        if (rounds > 4)
            Assert.All(Enumerable.Range(0, 60), document => Assert.InRange(given.GetValueOrDefault(document), rounds - 3, rounds + 2));
    }

    [Fact]
    public void Best_fit_wastes_little()
    {
        var random = new MersenneTwister(1);
        var tokens = Documents([.. Enumerable.Range(0, 2000).Select(_ => 2 + random.NextInt32(60))]);
        var packed = new PackedBatches(tokens, 8, 127, DocumentOrder.Shuffled(2000, 1));
        var batch = new Batch();
        for (var i = 0; i < 200; i++)
            packed.FillNext(batch);
        Assert.InRange((double)packed.CroppedTokens / packed.PackedTokens, 0, 0.01);
    }

    [Fact]
    public void In_order_every_document_comes_once_and_the_last_row_is_padded()
    {
        var random = new MersenneTwister(1);
        var lengths = Enumerable.Range(0, 25).Select(_ => 2 + random.NextInt32(9)).ToArray();
        var batches = PackedBatches.InOrder(Documents(lengths), 3, 15, 100).ToArray();
        var starts = batches.SelectMany(batch => Enumerable.Range(0, batch.Rows).SelectMany(row => Pieces(Row(batch, row))))
            .Where(piece => piece.Length > 1).Select(piece => piece[1] / 1000);
        var padding = batches[^1].Targets.ToArray().Count(target => target == Tape.IgnoredTarget);
        Assert.True(padding > 0);
        Assert.All(batches[..^1], batch => Assert.DoesNotContain(Tape.IgnoredTarget, batch.Targets.ToArray()));
        Assert.Equal(starts.Distinct().Count(), starts.Count());
        Assert.InRange(starts.Count(), 22, 25); // of a few cropped at the end of a row, only Bos is left
        Assert.Equal(2, PackedBatches.InOrder(Documents(lengths), 3, 15, 2).Count());
        Assert.Empty(PackedBatches.InOrder(new MemoryTokens([]), 3, 15, 2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Resumed_anywhere_the_next_batch_is_the_next(bool conversations)
    {
        TokenStore tokens = conversations ? Conversations(1) : Documents([.. Enumerable.Range(0, 40).Select(i => 2 + i * 7 % 19)]);
        PackedBatches Create() => new(tokens, 3, 12, DocumentOrder.Shuffled(tokens.DocumentCount, 5), waiting: 8);
        var whole = Create();
        var (expected, actual) = (new Batch(), new Batch());
        for (var i = 0; i < 60; i++)
        {
            var resumed = Create();
            resumed.State = whole.State;
            whole.FillNext(expected);
            resumed.FillNext(actual);
            Assert.Equal(expected.Inputs.ToArray(), actual.Inputs.ToArray());
            Assert.Equal(expected.Targets.ToArray(), actual.Targets.ToArray());
            Assert.Equal(whole.State.Waiting, resumed.State.Waiting);
            Assert.Equal((i + 1, whole.State.Drawn), (resumed.State.Position, resumed.State.Drawn));
        }
    }

    [Fact]
    public void A_state_that_can_not_be_is_refused()
    {
        var packed = new PackedBatches(Documents(3, 4, 5), 1, 4);
        foreach (var state in (BatchState[])
            [
                new() { Position = -1 }, new() { Drawn = -1 }, new() { Drawn = 3, Waiting = [3] }, new() { Drawn = 3, Waiting = [1, 1] },
                new() { Drawn = 3, Waiting = [2, 1] }, new() { Drawn = 3, Waiting = [-1] }, new() { Drawn = 9, Waiting = [1, 2, 3, 4] },
            ])
            Assert.Throws<ArgumentException>(() => packed.State = state);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Conversations_are_padded_never_cropped_in_the_middle_and_only_answers_are_learned(ulong seed)
    {
        const int Context = 20;
        var tokens = Conversations(seed);
        var packed = new PackedBatches(tokens, 4, Context, DocumentOrder.Shuffled(tokens.DocumentCount, seed), waiting: 6);
        var batch = new Batch();
        for (var i = 0; i < 100; i++)
        {
            packed.FillNext(batch);
            for (var row = 0; row < 4; row++)
            {
                var inputs = batch.Inputs.Slice(row * Context, Context);
                var targets = batch.Targets.Slice(row * Context, Context);
                Assert.True(targets.ContainsAnyExcept(Tape.IgnoredTarget), "A row has nothing to learn.");
                for (var j = 0; j < Context; j++)
                {
                    // Ids from 500 on, of a thousand each document, are answers: exactly these are targets.
                    if (targets[j] != Tape.IgnoredTarget)
                        Assert.True(targets[j] % 1000 >= 500);
                    if (j > 0 && inputs[j] % 1000 >= 500)
                        Assert.Equal(inputs[j], targets[j - 1]);
                }

                foreach (var piece in Pieces(inputs.ToArray()).Where(piece => piece.Length > 1 && piece[1] > 0))
                {
                    var length = (int)tokens.LengthOf(piece[1] / 1000);
                    Assert.True(Padded(piece) >= Math.Min(length, Context), $"{piece.Length} of {length} tokens");
                }
            }
        }

        Assert.True(packed.SkippedDocuments > 0 && packed.CroppedDocuments > 0 && packed.CroppedTokens > packed.CroppedDocuments);

        int Padded(int[] piece) => piece.Length + 1; // the last of a full row is a target only
    }

    [Fact]
    public void When_no_answer_is_within_reach_there_is_a_sentence()
    {
        var tokens = new MaskedTokens([([0, 1, 2, 3, 4, 5], [false, false, false, false, false, true]), ([0, 1], [true, false])]);
        var error = Assert.Throws<InvalidDataException>(() => new PackedBatches(tokens, 1, 4).FillNext(new Batch()));
        Assert.Equal("None of the 2 documents has anything to learn among its first 5 tokens; a longer context may help.", error.Message);
        Assert.Empty(PackedBatches.InOrder(tokens, 1, 4, 10));
        Assert.Throws<InvalidDataException>(() => new DocumentBatches(tokens, 1, 4).FillNext(new Batch()));
        Assert.Throws<InvalidDataException>(() => new WindowBatches(new MaskedTokens([(new int[9], new bool[9])]), 1, 4, new MersenneTwister(1)).FillNext(new Batch()));
        new PackedBatches(tokens, 1, 5).FillNext(new Batch());
    }

    private static MemoryTokens Documents(params int[] lengths) =>
        new([.. lengths.Select((length, d) => (int[])[Bos, .. Enumerable.Range(1000 * d + 1, length - 1)])]);

    /// <summary>Conversations of several turns, some longer than any row, some without an answer early enough.</summary>
    private static MaskedTokens Conversations(ulong seed)
    {
        var random = new MersenneTwister(seed);
        return new MaskedTokens([.. Enumerable.Range(0, 50).Select(d =>
        {
            var tokens = new List<int> { Bos };
            for (var turn = 0; turn <= random.NextInt32(4); turn++)
            {
                tokens.AddRange(Enumerable.Range(1000 * d + 1 + 10 * turn, 1 + random.NextInt32(d % 10 == 9 ? 40 : 6)));
                tokens.AddRange(Enumerable.Range(1000 * d + 500 + 10 * turn, 1 + random.NextInt32(6)));
            }

            return (tokens.ToArray(), tokens.Select(id => id % 1000 >= 500).ToArray());
        })]);
    }

    /// <summary>A row's T + 1 tokens.</summary>
    private static int[] Row(Batch batch, int row)
    {
        var T = batch.Columns;
        int[] ids = [.. batch.Inputs.Slice(row * T, T), batch.Targets[row * T + T - 1]];
        return ids[^1] == Tape.IgnoredTarget ? [.. ids[..^1].Reverse().SkipWhile(id => id == 0).Reverse()] : ids;
    }

    /// <summary>A row's documents, each with its start.</summary>
    private static IEnumerable<int[]> Pieces(int[] ids)
    {
        var starts = Enumerable.Range(0, ids.Length).Where(i => ids[i] == Bos).Append(ids.Length).ToArray();
        return starts.Zip(starts[1..], (from, to) => ids[from..to]);
    }

    private static long Sum(IEnumerable<long> numbers) => numbers.Sum();
}
