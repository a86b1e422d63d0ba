using MicroGpt.Data;
using MicroGpt.Data.Documents;

namespace MicroGpt.Tests.Data.Documents;

public sealed class DocumentReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DocumentReaderTests()
    {
        Write("b.txt", "b");
        Write("a.jsonl", "{\"text\":\"a1\"}\n{\n{\"text\":\"a2\"}");
        Write("code.py", "print()");
        Write("sub/c.md", "c");
        Write("sub/deep/d.csv", "text\nd1\nd2\n");
        Write(".hidden/e.txt", "e");
        Write("sub/.f.txt", "f");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_all_that_can_be_read_in_it_in_order()
    {
        Assert.Equal(["a.jsonl", "b.txt", "sub/c.md", "sub/deep/d.csv"], Found(""));
        Assert.Equal(["sub/c.md", "sub/deep/d.csv"], Found("sub"));
    }

    [Theory]
    [InlineData("*.txt", "b.txt")]
    [InlineData("?.*", "a.jsonl b.txt")]
    [InlineData("*", "a.jsonl b.txt code.py")]
    [InlineData("*/*.md", "sub/c.md")]
    [InlineData("**", "a.jsonl b.txt code.py sub/c.md sub/deep/d.csv")]
    [InlineData("**/*.??", "code.py sub/c.md")]
    [InlineData("**/deep/**/*.csv", "sub/deep/d.csv")]
    [InlineData("s*/**", "sub/c.md sub/deep/d.csv")]
    [InlineData("sub/*", "sub/c.md")]
    public void A_pattern_is_the_files_that_match_it(string pattern, string files) => Assert.Equal(files.Split(' '), Found(pattern));

    [Fact]
    public void A_file_that_is_meant_twice_is_read_once() => Assert.Equal(["b.txt", "a.jsonl"], Found("b.txt", "*.jsonl", "a.jsonl", "sub/../b.txt"));

    [Theory]
    [InlineData("no.txt", "no.txt: there is no such file or folder.")]
    [InlineData("*.parquet", "*.parquet: no file matches.")]
    [InlineData("no/*.txt", "no/*.txt: no file matches.")]
    [InlineData(".hidden/sub", "there is no such file or folder.")]
    public void Where_there_is_nothing_it_is_said(string input, string sentence) =>
        Assert.EndsWith(sentence, Assert.ThrowsAny<IOException>(() => Found(input)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_folder_without_anything_to_read_says_what_could_be()
    {
        Directory.CreateDirectory(_folder.File("empty"));
        Assert.Contains(".parquet, and these with .gz", Assert.ThrowsAny<IOException>(() => Found("empty")).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<IOException>(() => new DocumentReader([]));
    }

    [Fact]
    public void A_folder_that_can_not_be_read_is_not_taken_for_an_empty_one()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Who is root can read everything.");
        if (OperatingSystem.IsWindows())
            return; // whose folders have no such modes
        File.SetUnixFileMode(_folder.File("sub/deep"), UnixFileMode.None);
        try
        {
            Assert.Contains("a folder can't be read", Assert.Throws<IOException>(() => Found("")).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(_folder.File("sub/deep"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_link_that_leads_back_is_not_followed_but_a_link_to_a_file_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        Directory.CreateSymbolicLink(_folder.File("sub/back"), _folder.Path);
        File.CreateSymbolicLink(_folder.File("sub/link.txt"), _folder.File("code.py"));
        Assert.Equal(["a.jsonl", "b.txt", "sub/c.md", "sub/deep/d.csv", "sub/link.txt"], Found(""));
    }

    [Fact]
    public void Everything_is_read_and_counted()
    {
        var reader = new DocumentReader([_folder.Path], new DocumentReaderOptions { SkipBad = true });
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(["a1", "a2", "b", "c", "d1", "d2"], ReadAll(reader).Select(document => document.Text));
            Assert.Equal((6, 1), (reader.Count, reader.Skipped));
            Assert.StartsWith($"{_folder.File("a.jsonl")}: line 2: damaged JSON", reader.Problems.Single(), StringComparison.Ordinal);
            Assert.Equal(reader.TotalBytes, reader.BytesRead);
        }
    }

    [Fact]
    public void The_pages_snippet_reads_a_diary()
    {
        File.WriteAllText("diary.jsonl", "{\"entry\":\"Rain.\"}\n{\"entry\":\n{\"entry\":\"Sun.\"}\n");
#pragma warning disable xUnit1051 // the page needs no token
        // the page's snippet begins
        var reader = new DocumentReader(["names", "diary.jsonl"], new DocumentReaderOptions { Field = "entry", SkipBad = true });
        foreach (var document in reader.Read())
            if (document.Source != "names")
                Console.WriteLine($"{document.Number}: {document.Text}");
        Console.WriteLine($"{reader.Count} documents, {reader.Skipped} bad records");
        // the page's snippet ends
#pragma warning restore xUnit1051
        Assert.Equal(["Rain.", "Sun."], ReadAll(reader).Where(document => document.Source != "names").Select(document => document.Text));
        Assert.Equal(1, reader.Skipped);
        File.Delete("diary.jsonl");
    }

    [Fact]
    public void The_snippet_is_the_pages() => Snippet.AssertShown("docs/data.md", "Data/Documents/DocumentReaderTests.cs");

    [Fact]
    public void Embedded_names_are_documents()
    {
        var documents = ReadAll(new DocumentReader([EmbeddedData.Names, EmbeddedData.ChineseNames])).Select(document => document.Text);
        Assert.Equal(
            Corpus.Load(EmbeddedData.Names, CorpusKind.Lines).Documents.Concat(Corpus.Load(EmbeddedData.ChineseNames, CorpusKind.Lines).Documents), documents);
    }

    [Fact]
    public void Reading_ends_between_documents_when_cancelled()
    {
        using var source = new CancellationTokenSource();
        using var documents = new DocumentReader([_folder.File("b.txt"), _folder.File("sub")]).Read(source.Token).GetEnumerator();
        Assert.True(documents.MoveNext());
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => documents.MoveNext());
    }

    [Fact]
    public void Options_that_can_not_be_followed_are_refused()
    {
        Refused(new DocumentReaderOptions { LongestRecord = 0 });
        Refused(new DocumentReaderOptions { LongestRecord = int.MaxValue });
        Refused(new DocumentReaderOptions { Cut = (TextCut)9 });
        Refused(new DocumentReaderOptions { Cut = TextCut.Separators, Separator = " " });

        void Refused(DocumentReaderOptions options) => Assert.ThrowsAny<ArgumentException>(() => new DocumentReader([_folder.Path], options));
    }

    private static IEnumerable<Document> ReadAll(DocumentReader reader) => reader.Read(TestContext.Current.CancellationToken);

    private string[] Found(params string[] inputs) =>
        [.. new DocumentReader(inputs.Select(_folder.File)).Files.Select(file => Path.GetRelativePath(_folder.Path, file).Replace('\\', '/'))];

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllText(_folder.File(name), content);
    }
}
