using System.Text;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class PieceCounterTests
{
    /// <summary>Pieces of seven bytes: wherever it starts, it never falls in with the right ones.</summary>
    private sealed class EverySevenBytes : Splitter
    {
        public override string Pattern => ".{1,7}";

        public override int Next(ReadOnlySpan<byte> utf8, int start) => Math.Min(utf8.Length, start + 7);
    }

    /// <summary>One piece, whatever its length.</summary>
    private sealed class Whole : Splitter
    {
        public override string Pattern => "(?s).+";

        public override int Next(ReadOnlySpan<byte> utf8, int start) => utf8.Length;
    }

    public static TheoryData<string> Splitters() => ["gpt2", "nanochat", "seven", "whole"];

    [Theory]
    [MemberData(nameof(Splitters))]
    public void Parts_and_threads_do_not_change_the_counts(string name)
    {
        var splitter = Find(name);
        var random = new MersenneTwister(7);
        for (var round = 0; round < 20; round++)
        {
            var documents = Enumerable.Range(0, 1 + random.NextInt32(5)).Select(_ => Text(random, random.NextInt32(3000))).ToArray();
            var expected = Naive(splitter, documents);
            foreach (var (threads, part) in ((int, int)[])[(1, 1 << 20), (1, 50), (2, 50), (3, 301)])
                Assert.Equal(expected, Counts(new PieceCounter(splitter, int.MaxValue) { PartSize = part }.Count(documents, threads, _ => { }, TestContext.Current.CancellationToken)));
        }
    }

    [Fact]
    public void All_bytes_are_reported()
    {
        var random = new MersenneTwister(3);
        var documents = Enumerable.Range(0, 50).Select(_ => Text(random, random.NextInt32(1000))).ToArray();
        var reported = 0L;
        new PieceCounter(Splitter.Gpt2, int.MaxValue) { PartSize = 64 }.Count(documents, 2, bytes => reported = bytes, TestContext.Current.CancellationToken);
        Assert.Equal(documents.Sum(document => document.Length), reported);
    }

    [Fact]
    public void Pieces_that_were_taken_back_do_not_count()
    {
        var counts = new PieceCounts();
        for (var i = 0; i < 10_000; i++)
            counts.Add(Encoding.UTF8.GetBytes($"piece {i % 5000}"), i < 5000 ? 2 : -1);
        Assert.Equal(5000, counts.Count);
        Assert.All(Enumerable.Range(0, counts.Count), i => Assert.Equal(1, counts.Occurrences(i)));
        counts.Add([], 3);
        Assert.Equal(3, counts.Occurrences(5000));
    }

    private static Splitter Find(string name) => name switch
    {
        "gpt2" => Splitter.Gpt2,
        "nanochat" => Splitter.Nanochat,
        "seven" => new EverySevenBytes(),
        _ => new Whole(),
    };

    private static ReadOnlyMemory<byte> Text(MersenneTwister random, int length)
    {
        string[] parts = ["a", "word", " ", " ", "  ", "\n", "12345", "don't", "灯塔", ".", "\t", "é"];
        var text = new StringBuilder();
        while (text.Length < length)
            text.Append(parts[random.NextInt32(parts.Length)]);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static SortedDictionary<string, long> Naive(Splitter splitter, IEnumerable<ReadOnlyMemory<byte>> documents)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var document in documents)
        {
            for (int start = 0, end; start < document.Length; start = end)
            {
                end = splitter.Next(document.Span, start);
                var piece = Encoding.Latin1.GetString(document.Span[start..end]);
                counts[piece] = counts.GetValueOrDefault(piece) + 1;
            }
        }

        return counts;
    }

    private static SortedDictionary<string, long> Counts(PieceCounts counts) => new(
        Enumerable.Range(0, counts.Count).Where(i => counts.Occurrences(i) != 0)
            .ToDictionary(i => Encoding.Latin1.GetString(counts.Piece(i)), counts.Occurrences),
        StringComparer.Ordinal);
}
