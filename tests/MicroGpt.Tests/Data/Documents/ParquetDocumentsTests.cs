using System.Buffers.Binary;
using MicroGpt.Data.Documents;
using MicroGpt.Data.Documents.Parquet;

namespace MicroGpt.Tests.Data.Documents;

/// <summary>Files that pyarrow and DuckDB wrote, by TestData/parquet/record.py.</summary>
public sealed class ParquetDocumentsTests
{
    private const int Rows = 120;

    [Theory]
    [InlineData("pyarrow-plain-none")]
    [InlineData("pyarrow-plain-gzip-v2")]
    [InlineData("pyarrow-dictionary-full")]
    [InlineData("pyarrow-delta-length")]
    [InlineData("pyarrow-delta-bytes")]
    [InlineData("pyarrow-nested")]
    [InlineData("duckdb-snappy")]
    [InlineData("duckdb-gzip")]
    [InlineData("duckdb-zstd-v2")]
    [InlineData("duckdb-none-v2")]
    public void All_rows_are_read(string file) => AssertRows(Text, file);

    [Theory]
    [InlineData("pyarrow-required-zstd")]
    [InlineData("pyarrow-required-snappy-v2")]
    public void All_rows_of_a_column_without_nulls_are_read(string file) => AssertRows(i => Text(i) is { Length: > 0 } text ? text : "none", file);

    [Theory]
    [InlineData("pyarrow-dictionary-snappy")]
    [InlineData("pyarrow-dictionary-zstd-v2")]
    [InlineData("pyarrow-dictionary-old")]
    [InlineData("duckdb-dictionary")]
    [InlineData("duckdb-dictionary-v2")]
    [InlineData("pyarrow-nested", "body")]
    public void All_rows_of_a_column_that_repeats_itself_are_read(string file, string? field = null) => AssertRows(i => Text(i % 10), file, field);

    [Theory]
    [InlineData("pyarrow-nulls")]
    [InlineData("pyarrow-empty")]
    public void Nulls_are_no_documents(string file) => Assert.Empty(Reading.Documents("a.parquet", Bytes(file)));

    [Fact]
    public void A_packed_file_is_read_as_well() =>
        Assert.Equal(Text(0), Reading.Documents("a.parquet.gz", Reading.Gzip(Bytes("pyarrow-plain-none")))[0].Text);

    [Fact]
    public void A_missing_column_is_refused_with_those_of_text_there_are()
    {
        Assert.Equal(
            "a.parquet: there is no column \"content\" of text; there are \"text\", \"body\". Name one of them with --field.",
            Reading.Error("a.parquet", Bytes("pyarrow-nested"), new() { Field = "content" }));
        Assert.Contains("there is no column \"id\" of text", Reading.Error("a.parquet", Bytes("pyarrow-nested"), new() { Field = "id" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pyarrow-lz4", "it is packed with lz4_raw; write it with snappy, gzip, zstd or nothing.")]
    [InlineData("pyarrow-brotli", "it is packed with brotli; write it with snappy, gzip, zstd or nothing.")]
    public void Other_codecs_are_named(string file, string sentence) =>
        Assert.Equal($"a.parquet: {sentence}", Reading.Error("a.parquet", Bytes(file)));

    [Fact]
    public void Text_that_is_not_UTF8_or_too_long_is_bad()
    {
        Assert.StartsWith("a.parquet: row 2: not UTF-8 (at byte 3 of the text).", Reading.Error("a.parquet", Bytes("pyarrow-not-utf8")), StringComparison.Ordinal);
        var documents = Reading.Documents("a.parquet", Bytes("pyarrow-not-utf8"), new() { SkipBad = true, LongestRecord = 7 }, out var bad);
        Assert.Equal(["good"], documents.Select(document => document.Text));
        Assert.Equal(2, bad.Count);
    }

    [Theory]
    [InlineData("pyarrow-plain-none")]
    [InlineData("pyarrow-dictionary-snappy")]
    [InlineData("duckdb-zstd-v2")]
    public void A_file_cut_short_anywhere_is_refused(string file)
    {
        var whole = Bytes(file);
        for (var length = 0; length < whole.Length; length++)
            Assert.Contains(
                length < 12 ? "no Parquet file" : "cut short", Reading.Error("a.parquet", whole.AsSpan(0, length)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_Parquet_file_or_encrypted_is_said()
    {
        Assert.Equal("a.parquet: this is no Parquet file; it does not begin with PAR1.", Reading.Error("a.parquet", "{\"text\": \"some JSON\"}"));
        Assert.Contains("encrypted", Reading.Error("a.parquet", "PARE\0\0\0\0\0\0\0\0PARE"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_footer_larger_than_the_file_is_refused()
    {
        var bytes = Bytes("pyarrow-plain-none");
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.Length - 8), int.MaxValue);
        Assert.Contains("its footer says that it has 2,147,483,647 bytes", Reading.Error("a.parquet", bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Column_chunks_beyond_the_file_or_over_each_other_are_refused()
    {
        Assert.Equal(2, Read(Chunk(start: 0), Chunk(start: Page.Length)).Count);
        Refused(Chunk(start: 0), Chunk(start: 0));
        Refused(Chunk(start: 0), Chunk(start: 5));
        Refused(Chunk(start: 0, length: 1 << 20));
        Refused(Chunk(start: -3));
        Refused(Chunk(start: 0, length: -1));

        static void Refused(params byte[][] chunks) => Assert.Contains(
            "parts of the column lie over each other or beyond the end",
            Assert.Throws<InvalidDataException>(() => Read(chunks)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1 << 30)] // more than any page may have
    [InlineData(1 << 20)] // more than snappy can make of it
    [InlineData(-1)]
    public void A_page_that_promises_too_much_is_refused_before_memory_is_taken(int size)
    {
        var bytes = File([MakePage(size, values: 1)], Chunk(start: 0, length: MakePage(size, values: 1).Length));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("the Parquet file is damaged: behind row 0, a page says that it has", Reading.Error("a.parquet", bytes), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_small_file_that_becomes_too_much_is_refused()
    {
        // A dictionary of one text of a kilobyte, and a page that repeats it a billion times.
        byte[] text = [.. BitConverter.GetBytes(1000), .. Enumerable.Repeat((byte)'a', 1000)];
        byte[] dictionary = [.. Thrift.Struct((1, 2), (2, text.Length), (3, text.Length), (7, Thrift.Struct((1, 1), (2, 0)))), .. text];
        byte[] runs = [0, .. Thrift.UInt64(1_000_000_000UL << 1)];
        byte[] data = [.. Thrift.Struct((1, 0), (2, runs.Length), (3, runs.Length), (5, Thrift.Struct((1, 1_000_000_000), (2, 8), (3, 3), (4, 3)))), .. runs];
        var bytes = File([dictionary, data], Chunk(start: 0, length: dictionary.Length + data.Length, codec: 0, values: 1_000_000_000));
        Assert.Contains("more than 1,000 times its size", Reading.Error("a.parquet", bytes), StringComparison.Ordinal);
    }

    private static byte[] Page { get; } = MakePage(size: 5, values: 1);

    /// <summary>A page packed with snappy that holds the text "a", and says that it unpacks to some bytes.</summary>
    private static byte[] MakePage(int size, int values)
    {
        byte[] packed = [5, 4 << 2, 1, 0, 0, 0, (byte)'a'];
        return [.. Thrift.Struct((1, 0), (2, size), (3, packed.Length), (5, Thrift.Struct((1, values), (2, 0), (3, 3), (4, 3)))), .. packed];
    }

    private static byte[] Chunk(long start, long? length = null, int codec = 1, long values = 1) => Thrift.Struct(
        (3, Thrift.Struct((1, 6), (4, codec), (5, values), (7, length ?? Page.Length), (9, start + 4))));

    private static List<Document> Read(params byte[][] chunks) => Reading.Documents("a.parquet", File([Page, Page], chunks));

    /// <summary>A file of some pages and a row group a chunk, all of one required column.</summary>
    private static byte[] File(byte[][] pages, params byte[][] chunks)
    {
        var schema = Thrift.ListOf(Thrift.Struct((4, "root"), (5, 1)), Thrift.Struct((1, 6), (3, 0), (4, "text")));
        var groups = Thrift.ListOf([.. chunks.Select(chunk => Thrift.Struct((1, Thrift.ListOf(chunk))))]);
        var footer = Thrift.Struct((2, schema), (4, groups));
        return [.. "PAR1"u8, .. pages.SelectMany(page => page), .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8];
    }

    private static void AssertRows(Func<int, string?> text, string file, string? field = null)
    {
        Assert.SkipWhen(file.Contains("zstd", StringComparison.Ordinal) && !Zstd.IsAvailable, "There is no libzstd here.");
        var expected = Enumerable.Range(0, Rows).Where(i => !string.IsNullOrEmpty(text(i))).Select(i => (i + 1L, text(i)!));
        var documents = Reading.Documents("a.parquet", Bytes(file), new() { Field = field });
        Assert.Equal(expected, documents.Select(document => (document.Number, document.Text)));
    }

    internal static byte[] Bytes(string file) => System.IO.File.ReadAllBytes(TestFiles.Recorded($"parquet/{file}.parquet"));

    /// <summary>What stands in a row, by the rule of record.py.</summary>
    private static string? Text(int i)
    {
        if (i % 7 == 3)
            return null;
        var abc = string.Concat(Enumerable.Repeat("abc ", i % 13));
        return i % 11 == 5 ? "" : $"row {i}: {abc}{((string[])["é", "梓", "😀", "\n"])[i % 4]}";
    }
}
