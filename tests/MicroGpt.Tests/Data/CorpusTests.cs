using MicroGpt.Data;
using MicroGpt.Data.Documents;

namespace MicroGpt.Tests.Data;

public sealed class CorpusTests
{
    [Theory]
    [InlineData("anna\nben\n")]
    [InlineData("anna\r\nben\r\n")]
    [InlineData("\n\n  anna \n \t \nben\n\n")]
    public void Lines_are_documents_and_empty_ones_are_none(string text) =>
        Assert.Equal(["anna", "ben"], Corpus.FromText("names", text, CorpusKind.Lines).Documents);

    [Theory]
    [InlineData("anna\rben\r\nclara\r\r\n\rdora")]
    [InlineData("\uFEFFanna\fben\vclara\u0085dora\u2028emma\u2029ida")]
    [InlineData("\u3000梓涵\u3000\n\u00A0\n\u00A0 anna\u00A0ben \n\n")]
    public void Lines_are_those_that_a_reader_of_documents_sees(string text)
    {
        var documents = Corpus.FromText("names", text, CorpusKind.Lines).Documents;
        Assert.Equal(Documents.Reading.Texts("names.txt", text, new DocumentReaderOptions { Cut = TextCut.Lines }), documents);
        Assert.Equal(text.Trim('\uFEFF').Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0), documents);
    }

    [Fact]
    public void A_text_is_one_document_as_it_stands() =>
        Assert.Equal([" a\r\nb\n"], Corpus.FromText("text", " a\r\nb\n", CorpusKind.Text).Documents);

    [Theory]
    [InlineData("", CorpusKind.Text)]
    [InlineData("", CorpusKind.Lines)]
    [InlineData(" \n\t\n", CorpusKind.Lines)]
    public void Nothing_to_learn_from_is_refused(string text, CorpusKind kind)
    {
        var error = Assert.Throws<InvalidDataException>(() => Corpus.FromText("x.txt", text, kind));
        Assert.Equal("x.txt: the file is empty; there is nothing to learn from.", error.Message);
    }

    [Fact]
    public void A_huge_line_is_no_document_but_a_text_may_have_it()
    {
        var text = "short\n" + new string('a', Corpus.LongestLine + 1) + "\n";
        var error = Assert.Throws<InvalidDataException>(() => Corpus.FromText("x.txt", text, CorpusKind.Lines));
        Assert.Contains("line 2 has more than 1,048,576 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("read it as text", error.Message, StringComparison.Ordinal);
        Assert.Single(Corpus.FromText("x.txt", text, CorpusKind.Text).Documents);
        Assert.Single(Corpus.FromText("x.txt", new string('a', Corpus.LongestLine), CorpusKind.Lines).Documents);
    }

    [Fact]
    public void Records_are_read_as_everywhere()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("diary.jsonl"), "{\"text\": \"one\\nday\"}\n{\"text\": \"two\"}\n");
        File.WriteAllText(folder.File("diary.csv"), "day,text\n1,\"one\nday\"\n2,two\n");
        File.WriteAllText(folder.File("DIARY.TXT"), "one\ntwo\n");
        foreach (var path in (string[])[folder.File("diary.jsonl"), folder.File("diary.csv")])
        {
            Assert.Equal(["one\nday", "two"], Corpus.Load(path, CorpusKind.Lines).Documents);
            Assert.Equal(["one\nday\n\ntwo"], Corpus.Load(path, CorpusKind.Text).Documents);
        }

        Assert.Equal(["one", "two"], Corpus.Load(folder.File("DIARY.TXT"), CorpusKind.Lines).Documents);
    }

    [Fact]
    public void Conversations_are_to_be_prepared_first()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("chats.jsonl");
        File.WriteAllText(path, """{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}""");
        Assert.Equal(
            $"{path}, line 1: this is a conversation, not a text. Prepare it: microgpt data prepare --input {path} --tokenizer TOKENIZER --out DATA, and then microgpt train --data DATA",
            Assert.Throws<InvalidDataException>(() => Corpus.Load(path, CorpusKind.Text)).Message);
        File.WriteAllText(path, "");
        Assert.Contains("there is nothing to learn from", Assert.Throws<InvalidDataException>(() => Corpus.Load(path, CorpusKind.Text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_kind_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Corpus.FromText("x.txt", "a", (CorpusKind)7));

    [Fact]
    public void The_longest_document_is_counted_in_characters() =>
        Assert.Equal(3, Corpus.FromText("x.txt", "a\n😀😀😀\nbb", CorpusKind.Lines).LongestDocument);

    [Fact]
    public void The_fingerprint_tells_content_cuts_and_kind_apart()
    {
        string[] fingerprints =
        [
            Corpus.FromText("x", "ab\nc", CorpusKind.Lines).Fingerprint(),
            Corpus.FromText("x", "a\nbc", CorpusKind.Lines).Fingerprint(),
            Corpus.FromText("x", "abc", CorpusKind.Lines).Fingerprint(),
            Corpus.FromText("x", "abc", CorpusKind.Text).Fingerprint(),
        ];
        Assert.Equal(4, fingerprints.Distinct().Count());
        Assert.Equal(fingerprints[0], Corpus.FromText("another name", "ab\r\nc\r\n", CorpusKind.Lines).Fingerprint());
    }

    [Fact]
    public void A_name_is_embedded_data_and_a_path_a_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("names"), "mine");
        Assert.Equal(["mine"], Corpus.Load(folder.File("names"), CorpusKind.Lines).Documents);
        Assert.True(Corpus.Load(EmbeddedData.Names, CorpusKind.Lines).Documents.Count >= 3000);
        Assert.True(Corpus.IsEmbedded(EmbeddedData.Names));
        Assert.False(Corpus.IsEmbedded(folder.File("names")));
        Assert.ThrowsAny<IOException>(() => Corpus.Load(folder.File("other"), CorpusKind.Lines));
    }
}
