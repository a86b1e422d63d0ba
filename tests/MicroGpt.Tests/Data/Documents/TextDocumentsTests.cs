using System.Text;
using MicroGpt.Data.Documents;

namespace MicroGpt.Tests.Data.Documents;

public sealed class TextDocumentsTests
{
    private static readonly DocumentReaderOptions s_lines = new() { Cut = TextCut.Lines };
    private static readonly DocumentReaderOptions s_paragraphs = new() { Cut = TextCut.Paragraphs };
    private static readonly DocumentReaderOptions s_separators = new() { Cut = TextCut.Separators };

    [Theory]
    [InlineData("story.txt")]
    [InlineData("README.md")]
    [InlineData("LICENSE")]
    public void A_file_is_a_document_as_it_stands(string name) =>
        Assert.Equal([" Once\r\n\r\nupon a time 梓😀\n"], Reading.Texts(name, "\uFEFF Once\r\n\r\nupon a time 梓😀\n"));

    [Fact]
    public void An_empty_file_has_no_document() => Assert.Empty(Reading.Texts("a.txt", ""));

    [Theory]
    [InlineData("anna\nben\n")]
    [InlineData("\uFEFFanna\r\nben")]
    [InlineData("\n\n  anna \n \t \nben\n\n")]
    public void Lines_are_documents_and_blank_ones_are_none(string content) =>
        Assert.Equal(["anna", "ben"], Reading.Texts("a.txt", content, s_lines));

    [Theory]
    [InlineData("a\nb\n\nc\n")]
    [InlineData("\n\na\nb\n\n \t\n\nc")]
    public void Blank_lines_stand_between_paragraphs(string content) =>
        Assert.Equal(["a\nb", "c"], Reading.Texts("a.txt", content, s_paragraphs));

    [Theory]
    [InlineData("a\n\nb\n<|endoftext|>\nc <|endoftext|>\n")]
    [InlineData("<|endoftext|>\na\n\nb\r\n <|endoftext|>\r\n<|endoftext|>\nc <|endoftext|>\n<|endoftext|>")]
    public void Lines_with_a_separator_alone_stand_between_documents(string content) =>
        Assert.Equal(["a\n\nb", "c <|endoftext|>"], Reading.Texts("a.txt", content, s_separators));

    [Fact]
    public void Documents_know_where_they_began()
    {
        Assert.Equal([2L, 4], Reading.Documents("a.txt", "\na\n\nb\n"u8, s_lines).Select(document => document.Number));
        Assert.Equal([1L, 5], Reading.Documents("a.txt", "a\nb\n\n\nc\n"u8, s_paragraphs).Select(document => document.Number));
        Assert.Equal("a.txt", Reading.Documents("a.txt", "a"u8)[0].Source);
    }

    [Theory]
    [InlineData(TextCut.File, "a.txt: the file is not UTF-8 (at byte 6)")]
    [InlineData(TextCut.Lines, "a.txt: line 2: not UTF-8 (at byte 6 of the file)")]
    [InlineData(TextCut.Paragraphs, "a.txt: line 1: not UTF-8 (at byte 6 of the file)")]
    public void What_is_not_UTF8_is_named_with_file_line_and_byte(TextCut cut, string sentence)
    {
        var error = Reading.Error("a.txt", [.. "abc\nxy"u8, 0xE9, .. "\nz"u8], new DocumentReaderOptions { Cut = cut });
        Assert.StartsWith(sentence, error, StringComparison.Ordinal);
        Assert.Contains("iconv", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TextCut.File, "a.txt: the file is binary (a zero byte at 3)")]
    [InlineData(TextCut.Lines, "a.txt: line 1: there is a zero byte")]
    public void Binary_files_are_refused(TextCut cut, string sentence) =>
        Assert.StartsWith(sentence, Reading.Error("a.txt", "ELF\0\u0001"u8, new DocumentReaderOptions { Cut = cut }), StringComparison.Ordinal);

    [Fact]
    public void Bad_lines_are_skipped_and_counted_where_that_is_asked_for()
    {
        var documents = Reading.Documents("a.txt", [.. "abc\nxy"u8, 0xE9, .. "\nz"u8], s_lines with { SkipBad = true }, out var bad);
        Assert.Equal(["abc", "z"], documents.Select(document => document.Text));
        Assert.Equal(1, bad.Count);
        Assert.StartsWith("a.txt: line 2: not UTF-8", bad.Sentences.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TextCut.Lines, 10, "a\n0123456789\nb", new[] { "a", "0123456789", "b" }, 0)]
    [InlineData(TextCut.Lines, 10, "a\n0123456789X\r\nb", new[] { "a", "b" }, 1)]
    [InlineData(TextCut.Lines, 10, "a\n0123456789X", new[] { "a" }, 1)]
    [InlineData(TextCut.Paragraphs, 11, "0123\n56789\n\n0123\n56789X\n\nb", new[] { "0123\n56789", "b" }, 1)]
    public void Records_have_a_longest_length(TextCut cut, int longest, string content, string[] texts, int tooLong)
    {
        var options = new DocumentReaderOptions { Cut = cut, LongestRecord = longest, SkipBad = true };
        var documents = Reading.Documents("a.txt", Encoding.UTF8.GetBytes(content), options, out var bad);
        Assert.Equal(texts, documents.Select(document => document.Text));
        Assert.Equal(tooLong, bad.Count);
    }

    [Theory]
    [InlineData(TextCut.Lines)]
    [InlineData(TextCut.Paragraphs)]
    public void A_line_of_many_gigabytes_is_never_in_memory(TextCut cut)
    {
        var options = new DocumentReaderOptions { Cut = cut, LongestRecord = 1 << 20 };
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() => Formats.Read(new EndlessStream(3L << 30), "a.txt", options, new BadRecords(skip: false)).Count());
        Assert.StartsWith("a.txt: line 1: longer than 1,048,576 bytes", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }
}
