using System.Text;
using MicroGpt.Data.Documents;
using MicroGpt.Data.Documents.Parquet;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Data.Documents;

/// <summary>
/// Whatever becomes of a file, reading it ends in documents or in a sentence: an InvalidDataException or an IOException, without
/// taking more memory than a page or a record may have.
/// </summary>
public sealed class FuzzTests
{
    private const long MostBytes = 300 << 20; // a page may say that it has up to 256 MiB, where its codec could make them
    private const int LongestRecord = 1000;

    /// <summary>What is in the files that are not of other programs.</summary>
    private static readonly (string Name, byte[] Content)[] s_texts =
    [
        ("a.txt", "Once upon a time\r\n\r\nthere was a 梓.\n<|endoftext|>\n😀\n\n"u8.ToArray()),
        ("a.jsonl", Encoding.UTF8.GetBytes("""
            {"text":"one","meta":{"n":[1,2.5e3,null,true]}}
            {"text":"two\n\"\u6893\ud83d\ude00"}
            {"messages":[{"role":"user","content":"Hi!"},{"role":"assistant","content":"Hello."}]}
            [{"role":"user","content":[{"type":"text","text":"2+2?"}]},{"role":"assistant","content":"4"}]
            """)),
        ("a.json", "[\n {\"text\": \"a]\\\\\\\"[,\"},\n {\"x\": [1, {}], \"text\": \"b\"}\n]\n"u8.ToArray()),
        ("a.csv", "id,text,n\r\n1,\"a \"\"b\"\", c\nd\",2\r\n2,plain,3\n3,,4\n"u8.ToArray()),
    ];

    [Theory]
    [InlineData(1, 6000)]
    [InlineData(2, 6000)]
    public void Thousands_of_mutated_files_give_documents_or_a_sentence(ulong seed, int times) => Fuzz(seed, times);

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData(3)]
    [InlineData(4)]
    public void A_million_mutated_files_give_documents_or_a_sentence(ulong seed) => Fuzz(seed, 500_000);

    [Theory]
    [InlineData(5, 20_000)]
    public void Thousands_of_mutated_blocks_of_snappy_are_unpacked_or_refused(ulong seed, int times)
    {
        byte[] original = [20, 4 << 2, .. "abcde"u8, (7 - 4) << 2 | 1, 5, 3 << 2 | 2, 4, 0, 3 << 2 | 3, 1, 0, 0, 0];
        var unpacked = new byte[20];
        Assert.True(Snappy.TryUnpack(original, unpacked));
        Assert.Equal("abcdeabcdeabdeabbbbb", Encoding.ASCII.GetString(unpacked));
        var random = new MersenneTwister(seed);
        for (var i = 0; i < times; i++)
            Snappy.TryUnpack(Mutation.Of(original, random), unpacked);
    }

    private static void Fuzz(ulong seed, int times)
    {
        var parquet = Directory.GetFiles(TestFiles.Recorded("parquet"), "*.parquet").Order(StringComparer.Ordinal)
            .Select(path => ("a.parquet", File.ReadAllBytes(path)));
        var packed = s_texts.Select(file => (file.Name + ".gz", Reading.Gzip(file.Content)));
        (string Name, byte[] Content)[] originals = [.. s_texts, .. s_texts, .. packed, .. parquet];
        var random = new MersenneTwister(seed);
        for (var i = 0; i < times; i++)
        {
            var (name, original) = originals[random.NextInt32(originals.Length)];
            var options = new DocumentReaderOptions
            {
                Cut = (TextCut)random.NextInt32(4),
                SkipBad = random.NextInt32(2) == 0,
                LongestRecord = random.NextInt32(4) == 0 ? 10 : LongestRecord,
            };
            var mutation = Mutation.Of(original, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                foreach (var document in Formats.Read(new MemoryStream(mutation), name, options, new BadRecords(options.SkipBad)))
                {
                    Assert.False(document.Utf8.IsEmpty && document.Conversation is null);
                    Assert.Equal(-1, Utf8Text.FirstInvalid(document.Utf8.Span));
                    Assert.InRange(document.Utf8.Length, 0, options.Cut == TextCut.File ? int.MaxValue : options.LongestRecord + 1);
                }
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException)
            {
                Assert.StartsWith(name, exception.Message, StringComparison.Ordinal);
            }
            catch (Exception exception)
            {
                Assert.Fail($"Mutation {i} of {name} with seed {seed}: {exception}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, $"Mutation {i} of {name} with seed {seed} takes too much memory.");
        }
    }
}
