using MicroGpt.Data.Documents;

namespace MicroGpt.Tests.Data.Documents;

public sealed class CsvDocumentsTests
{
    [Fact]
    public void A_column_is_read_with_quotes_commas_and_lines_in_its_cells() => Assert.Equal(
        ["plain", "a \"quoted\", one\nof two lines\r\nand three", "\"", "no \"quotes\" inside", "last"],
        Reading.Texts("a.csv", "\uFEFFid,text,\"n\"\r\n1,plain,2\r\n2,\"a \"\"quoted\"\", one\nof two lines\r\nand three\",3\n\n3,\"\"\"\",4\n4,no \"quotes\" inside,5\n5,\"\",6\n6,,7\n7,last,"));

    [Fact]
    public void Tabs_stand_between_cells_of_a_tsv() =>
        Assert.Equal(["a,b", "c\td"], Reading.Texts("a.tsv", "text\tn\na,b\t1\n\"c\td\"\t2\n"));

    [Fact]
    public void The_column_can_be_named() =>
        Assert.Equal(["2"], Reading.Texts("a.csv", "text,\"my \"\"text\"\"\"\n1,2", new() { Field = "my \"text\"" }));

    [Fact]
    public void Rows_know_the_line_they_begin_on() =>
        Assert.Equal([2L, 5], Reading.Documents("a.csv", "text\n\"a\n\nb\"\nc"u8).Select(document => document.Number));

    [Fact]
    public void An_empty_table_has_no_document()
    {
        Assert.Empty(Reading.Texts("a.csv", ""));
        Assert.Empty(Reading.Texts("a.csv", "id,text\n"));
    }

    [Fact]
    public void A_missing_column_is_refused_with_those_there_are() => Assert.Equal(
        "a.csv: there is no column \"text\" of text; there are \"id\", \"body\". Name one of them with --field.",
        Reading.Error("a.csv", "id,body\n1,2"));

    [Theory]
    [InlineData("1,2,3", "a.csv: line 2: 3 cells, where the first line has 2.")]
    [InlineData("1", "a.csv: line 2: 1 cells, where the first line has 2.")]
    [InlineData("1,\"2", "a.csv: line 2: a quote is opened in cell 2 and never closed.")]
    [InlineData("1,\"2\"3\",", "a.csv: line 2: there is text behind the closing quote of cell 2")]
    public void A_bad_row_is_named_and_ends_the_reading(string row, string sentence) =>
        Assert.StartsWith(sentence, Reading.Error("a.csv", "id,text\n" + row), StringComparison.Ordinal);

    [Fact]
    public void Bad_rows_are_skipped_and_counted_where_that_is_asked_for()
    {
        var documents = Reading.Documents("a.csv", [.. "id,text\n1,a\n2\n3,"u8, 0xFF, .. "\n4,\"x\"y\n5,b\n"u8], new() { SkipBad = true }, out var bad);
        Assert.Equal(["a", "b"], documents.Select(document => document.Text));
        Assert.Equal(3, bad.Count);
    }

    [Fact]
    public void A_header_of_a_million_columns_is_refused() =>
        Assert.Contains("more than 16,384 cells", Reading.Error("a.csv", new string(',', 1_000_000)), StringComparison.Ordinal);

    [Theory]
    [InlineData("text\n\"")]
    [InlineData("text\n")]
    public void A_cell_of_many_gigabytes_is_never_in_memory(string before)
    {
        var options = new DocumentReaderOptions { LongestRecord = 1 << 20 };
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() =>
            Formats.Read(new EndlessStream(3L << 30, before), "a.csv", options, new BadRecords(skip: false)).Count());
        Assert.StartsWith("a.csv: line 2: longer than 1,048,576 bytes", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 8 << 20);
    }
}
