using System.Security.Cryptography;
using MicroGpt.Data;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Data;

public sealed class TokenShardTests : IDisposable
{
    private static readonly int[][] s_documents = [[7, 1, 2], [7], [7, 65535, 0, 3, 4, 5, 6], [7, 9]];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(65536, 2)]
    [InlineData(65537, 4)]
    [InlineData(int.MaxValue, 4)]
    public void What_is_written_is_read(int vocabulary, int bytesPerToken)
    {
        var documents = s_documents.Append([vocabulary - 1]).ToArray();
        var path = Write(documents, vocabulary);
        using var shard = TokenShard.Open(path);
        Assert.Equal(documents.Sum(document => document.Length), shard.TokenCount);
        Assert.Equal(documents.Length, shard.DocumentCount);
        Assert.Equal(7, shard.LongestDocument);
        Assert.Equal(vocabulary, shard.VocabularySize);
        Assert.False(shard.HasMask);
        for (var i = 0; i < documents.Length; i++)
        {
            var tokens = new int[shard.LengthOf(i)];
            shard.Read(shard.StartOf(i), tokens);
            Assert.Equal(documents[i], tokens);
        }

        // Header, 14 tokens and padding, 6 offsets.
        Assert.Equal(128 + (14 * bytesPerToken + 7) / 8 * 8 + 6 * 8, new FileInfo(path).Length);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp"));
        shard.Verify(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_mask_is_read_from_any_bit_on()
    {
        var random = new MersenneTwister(1);
        var path = _folder.File("masked.bin");
        var expected = new List<bool>();
        using (var writer = new ShardWriter(path, 10, hasMask: true))
        {
            foreach (var length in (int[])[1, 7, 8, 9, 100])
            {
                var learned = Enumerable.Range(0, length).Select(_ => random.NextInt32(2) == 0).ToArray();
                writer.Add(new int[length], learned);
                expected.AddRange(learned);
            }

            writer.Add([1, 2]); // all of it
            expected.AddRange([true, true]);
            writer.Complete();
        }

        using var shard = TokenShard.Open(path);
        Assert.True(shard.HasMask);
        for (var start = 0; start <= expected.Count; start++)
        {
            foreach (var count in (int[])[0, 1, 8, 13, expected.Count - start])
            {
                if (start + count > expected.Count)
                    continue;
                var learned = new bool[count];
                shard.ReadMask(start, learned);
                Assert.Equal(expected.Slice(start, count), learned);
            }
        }
    }

    [Fact]
    public void More_tokens_than_are_buffered_are_the_same()
    {
        var ids = TinyModels.RandomIds(200_000, 70_000);
        var path = Write([ids[..100_001], ids[100_001..]], 70_000);
        using var shard = TokenShard.Open(path);
        var read = new int[ids.Length];
        shard.Read(0, read);
        Assert.Equal(ids, read);
        shard.Read(99_999, read.AsSpan(0, 5000));
        Assert.Equal(ids[99_999..104_999], read[..5000]);
    }

    [Fact]
    public void An_empty_shard_is_one_too()
    {
        using var shard = TokenShard.Open(Write([], 10));
        Assert.Equal((0, 0), (shard.TokenCount, shard.DocumentCount));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(13, 1)]
    [InlineData(12, 2)]
    [InlineData(long.MaxValue, 1)]
    public void Positions_that_are_not_there_are_refused(long start, int count)
    {
        using var shard = TokenShard.Open(Write(s_documents, 65536));
        Assert.Throws<ArgumentOutOfRangeException>(() => shard.Read(start, new int[count]));
        Assert.Throws<ArgumentOutOfRangeException>(() => shard.ReadMask(start, new bool[count]));
        Assert.Throws<ArgumentOutOfRangeException>(() => shard.StartOf(start < 0 ? start : 5));
    }

    [Fact]
    public void What_no_shard_can_hold_is_refused()
    {
        using var writer = new ShardWriter(_folder.File("x.bin"), 10);
        Assert.Throws<ArgumentException>(() => writer.Add([]));
        Assert.Throws<ArgumentException>(() => writer.Add([10]));
        Assert.Throws<ArgumentException>(() => writer.Add([-1]));
        Assert.Throws<ArgumentException>(() => writer.Add([1], [true]));
        Assert.Throws<IOException>(() => new ShardWriter(_folder.File("nowhere/x.bin"), 10));
    }

    [Fact]
    public void An_incomplete_shard_leaves_no_file()
    {
        using (var writer = new ShardWriter(_folder.File("x.bin"), 10))
            writer.Add([1, 2, 3]);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void On_a_full_disk_there_is_a_sentence_and_no_file()
    {
        using var disk = new FullDisk();
        var path = _folder.File("x.bin");
        FullDisk.Hold(path + ".tmp");
        var error = Assert.Throws<IOException>(() =>
        {
            using var writer = new ShardWriter(path, 10);
            writer.Add(new int[100]);
            writer.Complete();
        });
        Assert.StartsWith($"{path} could not be written: ", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Cut_short_anywhere_it_is_refused()
    {
        var path = Write(s_documents, 65536);
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole.AsSpan(0, length));
            var error = Assert.Throws<InvalidDataException>(() => TokenShard.Open(path));
            Assert.Contains(length < 8 ? "is not a token shard" : "is cut short", error.Message, StringComparison.Ordinal);
        }

        File.WriteAllBytes(path, [.. whole, 0]);
        Assert.Contains("1 bytes behind its end", Refused(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_byte_order_version_or_file_is_told()
    {
        var path = Write(s_documents, 65536);
        var whole = File.ReadAllBytes(path);
        Change(path, whole, bytes => bytes.AsSpan(8, 4).Reverse());
        Assert.Contains("was written on a machine of another byte order. Prepare the data on this machine.", Refused(path), StringComparison.Ordinal);
        Change(path, whole, bytes => bytes[12] = 2);
        Assert.Contains("is of version 2 of the shards' format; this program reads version 1.", Refused(path), StringComparison.Ordinal);
        Change(path, whole, bytes => bytes[70] ^= 1, seal: false);
        Assert.Contains("its header does not have its checksum", Refused(path), StringComparison.Ordinal);
        Change(path, whole, bytes => bytes[39] = 0x80);
        Assert.Contains("the numbers in its header can't be", Refused(path), StringComparison.Ordinal);
        File.WriteAllText(path, "some text, long enough to be looked at as if it were a header of a shard with all of its numbers and the two checksums behind them");
        Assert.Contains("is not a token shard. Make shards with: microgpt data prepare", Refused(path), StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => TokenShard.Open(_folder.File("missing.bin")));
    }

    [Fact]
    public void Offsets_and_ids_out_of_range_are_told_when_they_are_read()
    {
        var path = Write([[1, 2], [3], [4, 5, 6]], 10);
        var whole = File.ReadAllBytes(path);
        var offsets = 128 + 16;
        Change(path, whole, bytes => bytes[offsets + 8] = 7); // behind the end
        using (var shard = TokenShard.Open(path))
            Assert.Contains("document 1 begins where there are no tokens", Assert.Throws<InvalidDataException>(() => shard.StartOf(1)).Message, StringComparison.Ordinal);
        Change(path, whole, bytes => bytes[offsets + 16] = 1); // before the one before
        using (var shard = TokenShard.Open(path))
            Assert.Contains("document 1 has -1 tokens", Assert.Throws<InvalidDataException>(() => shard.LengthOf(1)).Message, StringComparison.Ordinal);
        Change(path, whole, bytes => bytes[offsets] = 1);
        Assert.Contains("do not begin and end", Refused(path), StringComparison.Ordinal);
        Change(path, whole, bytes => bytes[128 + 2] = 10);
        using (var shard = TokenShard.Open(path))
        {
            Assert.Contains("it holds the id 10, and the vocabulary has 10", Assert.Throws<InvalidDataException>(() => shard.Read(0, new int[3])).Message, StringComparison.Ordinal);
            Assert.Contains("its content does not have its checksum", Assert.Throws<InvalidDataException>(() => shard.Verify(CancellationToken.None)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Mutations_give_tokens_or_a_sentence(ulong seed) => Mutate(seed, 1500);

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_hundred_thousand_mutations_give_tokens_or_a_sentence(ulong seed) => Mutate(seed, 25_000);

    private void Mutate(ulong seed, int times)
    {
        var path = _folder.File("masked.bin");
        using (var writer = new ShardWriter(path, 300, hasMask: true))
        {
            writer.Add([299, 1, 2, 3], [false, true, true, false]);
            writer.Add([299, 4, 5, 6, 7, 8, 9, 10]);
            writer.Add([299, 11]);
            writer.Complete();
        }

        var whole = File.ReadAllBytes(path);
        var random = new MersenneTwister(seed);
        var (refused, read) = (0, 0);
        for (var i = 0; i < times; i++)
        {
            var bytes = whole.ToList();
            for (var changes = random.NextInt32(3); changes >= 0; changes--)
            {
                var at = random.NextInt32(random.NextInt32(2) == 0 ? 64 : bytes.Count);
                switch (random.NextInt32(4))
                {
                    case 0: bytes[at] ^= (byte)(1 << random.NextInt32(8)); break;
                    case 1: bytes[at] = (byte)random.NextInt32(256); break;
                    case 2: bytes.RemoveRange(Math.Max(at, 64), Math.Min(8, bytes.Count - Math.Max(at, 64))); break;
                    default: bytes.InsertRange(at, new byte[8]); break;
                }
            }

            var mutated = bytes.ToArray();
            if (random.NextInt32(4) > 0 && mutated.Length >= 128)
                Seal(mutated);
            File.WriteAllBytes(path, mutated);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var shard = TokenShard.Open(path);
                var batch = new Batch();
                var packed = new PackedBatches(shard, 2, 4);
                for (var j = 0; j < 3; j++)
                    packed.FillNext(batch);
                new WindowBatches(shard, 2, 4, new MersenneTwister(1)).FillNext(batch);
                read++;
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException)
            {
                refused++;
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, $"Mutation {i} with seed {seed} takes too much memory.");
        }

        Assert.True(refused > times / 10 && read > times / 50, $"{refused} refused, {read} read");
    }

    [Fact]
    public void A_resident_part_that_grows_is_given_back_and_what_is_read_stays_the_same()
    {
        var ids = TinyModels.RandomIds(100_000, 60_000);
        var path = Write([ids], 60_000);
        using var shard = TokenShard.OpenOneOf(path, 1000); // a map is made anew every few reads
        var random = new MersenneTwister(1);
        var read = new int[100];
        for (var i = 0; i < 1000; i++)
        {
            var start = random.NextInt32(ids.Length - 100);
            shard.Read(start, read);
            Assert.True(ids.AsSpan(start, 100).SequenceEqual(read));
        }
    }

    private string Write(IEnumerable<int[]> documents, int vocabulary)
    {
        var path = _folder.File($"{Guid.NewGuid()}.bin");
        using var writer = new ShardWriter(path, vocabulary);
        foreach (var document in documents)
            writer.Add(document);
        Assert.Equal(64, writer.Complete().Length);
        return path;
    }

    private static string Refused(string path) => Assert.Throws<InvalidDataException>(() => TokenShard.Open(path)).Message;

    private static void Change(string path, byte[] whole, Action<byte[]> change, bool seal = true)
    {
        var bytes = whole.ToArray();
        change(bytes);
        if (seal)
            Seal(bytes);
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Gives a changed header its checksum again.</summary>
    private static void Seal(byte[] bytes) => SHA256.HashData(bytes.AsSpan(0, 96), bytes.AsSpan(96, 32));
}
