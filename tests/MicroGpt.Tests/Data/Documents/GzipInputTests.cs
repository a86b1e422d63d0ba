using System.Text;
using MicroGpt.Data.Documents;

namespace MicroGpt.Tests.Data.Documents;

public sealed class GzipInputTests
{
    private static readonly DocumentReaderOptions s_lines = new() { Cut = TextCut.Lines };
    private static readonly byte[] s_empty = Convert.FromHexString("1F8B080000000000000303000000000000000000"); // .NET writes nothing at all

    [Theory]
    [InlineData("a.txt.gz", "one\n", "one\n")]
    [InlineData("a.gz", "one\n", "one\n")]
    [InlineData("a.JSONL.GZ", "{\"text\":\"one\"}", "one")]
    [InlineData("a.csv.gz", "text\none", "one")]
    [InlineData("a.json.gz", "[{\"text\":\"one\"}]", "one")]
    public void What_is_packed_is_read_as_what_is_within(string name, string content, string text)
    {
        Assert.Equal([text], Reading.Documents(name, Reading.Gzip(Encoding.UTF8.GetBytes(content))).Select(document => document.Text));
        Assert.Empty(Reading.Documents(name, s_empty));
    }

    [Fact]
    public void Packed_parts_follow_one_another() => Assert.Equal(
        ["one", "two", "three"],
        Reading.Documents("a.gz", [.. Reading.Gzip("one\ntw"u8), .. s_empty, .. Reading.Gzip("o\nthree"u8)], s_lines).Select(document => document.Text));

    [Fact]
    public void A_file_cut_short_anywhere_is_refused()
    {
        var content = string.Join('\n', Enumerable.Range(0, 300).Select(i => $"line {i * i * 7919 % 1000}"));
        byte[] whole = [.. Reading.Gzip(Encoding.UTF8.GetBytes(content)), .. Reading.Gzip(Encoding.UTF8.GetBytes(content))];
        var half = Reading.Gzip(Encoding.UTF8.GetBytes(content)).Length;
        Assert.Equal(599, Reading.Documents("a.gz", whole, s_lines).Count);
        var refused = new List<int>();
        for (var length = 0; length <= whole.Length; length++)
        {
            try
            {
                Reading.Documents("a.gz", whole.AsSpan(0, length), s_lines);
            }
            catch (InvalidDataException exception)
            {
                Assert.Contains("the gzip file is damaged or cut short", exception.Message, StringComparison.Ordinal);
                refused.Add(length);
            }
        }

        Assert.Equal(Enumerable.Range(0, whole.Length).Where(length => length != half), refused);
    }

    [Fact]
    public void What_is_not_packed_is_refused() => Assert.Equal(
        "a.gz: the gzip file is damaged or cut short (behind 0 bytes of its content); fetch or pack it again.", Reading.Error("a.gz", "text", s_lines));

    [Fact]
    public void A_bomb_takes_no_memory()
    {
        var bomb = new MemoryStream();
        using (var stream = new System.IO.Compression.GZipStream(bomb, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            new EndlessStream(200L << 20).CopyTo(stream);
        var options = new DocumentReaderOptions { Cut = TextCut.Lines, LongestRecord = 1 << 20 };
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("longer than 1,048,576 bytes", Reading.Error("a.gz", bomb.ToArray(), options), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }
}
