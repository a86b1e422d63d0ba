using System.Globalization;
using MicroGpt.Data;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Data;

public sealed class ShardedTokensTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Several_shards_are_like_one_store()
    {
        var random = new MersenneTwister(1);
        var documents = Enumerable.Range(0, 40).Select(i => TinyModels.RandomIds(1 + random.NextInt32(9), 50, (ulong)i)).ToArray();
        var expected = new MemoryTokens(documents);
        using var actual = Shards(documents[..1], [], documents[1..25], documents[25..]);
        Assert.Equal((expected.TokenCount, expected.DocumentCount, expected.LongestDocument), (actual.TokenCount, actual.DocumentCount, actual.LongestDocument));
        for (var i = 0; i < documents.Length; i++)
            Assert.Equal((expected.StartOf(i), expected.LengthOf(i)), (actual.StartOf(i), actual.LengthOf(i)));
        Assert.Equal(expected.TokenCount, actual.StartOf(documents.Length));
        for (var start = 0; start < expected.TokenCount; start++)
        {
            foreach (var count in (int[])[0, 1, 50, (int)expected.TokenCount - start])
            {
                if (start + count > expected.TokenCount)
                    continue;
                var (a, b) = (new int[count], new int[count]);
                expected.Read(start, a);
                actual.Read(start, b);
                Assert.Equal(a, b);
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => actual.Read(actual.TokenCount, new int[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => actual.StartOf(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => actual.LengthOf(documents.Length));
    }

    [Fact]
    public void Batches_from_shards_are_those_from_memory()
    {
        var random = new MersenneTwister(1);
        var documents = Enumerable.Range(0, 30).Select(i => TinyModels.RandomIds(2 + random.NextInt32(9), 50, (ulong)i)).ToArray();
        var memory = new MemoryTokens(documents);
        using var shards = Shards(documents[..11], documents[11..]);
        foreach (var create in (Func<TokenStore, IBatchSource>[])
            [tokens => new WindowBatches(tokens, 3, 7, new MersenneTwister(2)), tokens => new PackedBatches(tokens, 3, 7), tokens => new DocumentBatches(tokens, 3, 7)])
        {
            var (a, b) = (create(memory), create(shards));
            var (expected, actual) = (new Batch(), new Batch());
            for (var i = 0; i < 20; i++)
            {
                a.FillNext(expected);
                b.FillNext(actual);
                Assert.Equal(expected.Inputs.ToArray(), actual.Inputs.ToArray());
                Assert.Equal(expected.Targets.ToArray(), actual.Targets.ToArray());
            }
        }
    }

    /// <summary>40 GB that are almost all holes, read all over: the process keeps under 1 GB of it.</summary>
    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void A_corpus_far_larger_than_memory_is_read_in_little_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        const long Tokens = 20L << 30;
        var path = _folder.File("huge.bin");
        var header = new ShardHeader
        {
            VocabularySize = 50257,
            HasMask = false,
            Tokens = Tokens,
            Documents = 1,
            Longest = Tokens,
            ContentHash = new byte[32],
        };
        using (var file = File.Create(path))
        {
            file.Write(header.ToBytes());
            file.Position = header.OffsetsAt + sizeof(long);
            file.Write(BitConverter.GetBytes(Tokens));
            file.Position = ShardHeader.Size + (Tokens - 1) * sizeof(ushort);
            file.Write(BitConverter.GetBytes((ushort)12345));
            file.SetLength(header.FileSize);
        }

        using var shards = ShardedTokens.Open([path]);
        var last = new int[1];
        shards.Read(Tokens - 1, last);
        Assert.Equal(12345, last[0]);

        var before = Resident();
        var most = 0L;
        var batches = new WindowBatches(shards, 64, 1024, new MersenneTwister(1));
        var batch = new Batch();
        for (var i = 0; i < 300; i++) // 19,200 windows: some 1.3 GB of pages, if all stayed
        {
            batches.FillNext(batch);
            most = Math.Max(most, Resident());
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{most >> 20} MiB resident at most, {before >> 20} before");
        Assert.InRange(most, 0, 1L << 30);

        static long Resident()
        {
            var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }

    private ShardedTokens Shards(params int[][][] shards)
    {
        var paths = new List<string>();
        foreach (var documents in shards)
        {
            paths.Add(_folder.File($"{Guid.NewGuid()}.bin"));
            using var writer = new ShardWriter(paths[^1], 50);
            foreach (var document in documents)
                writer.Add(document);
            writer.Complete();
        }

        return ShardedTokens.Open(paths);
    }
}
