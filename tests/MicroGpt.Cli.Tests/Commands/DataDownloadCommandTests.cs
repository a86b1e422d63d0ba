using System.Text;

namespace MicroGpt.Cli.Tests.Commands;

public sealed class DataDownloadCommandTests : IDisposable
{
    private static readonly byte[] s_content = Encoding.ASCII.GetBytes(new string('x', 50_000));

    private readonly TemporaryFolder _folder = new();
    private readonly LoopbackServer _server = new((_, _) => $"200 OK\r\nContent-Length: {s_content.Length}\r\nETag: \"1\"", (_, _) => s_content);

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_file_is_loaded_by_its_address_and_then_found()
    {
        var (code, output, error) = Download($"{_server.Root}/texts/my%20book.txt?version=2");
        Assert.Equal((0, ""), (code, error));
        var lines = Lines(output);
        Assert.Equal($"{_server.Root}/texts/my%20book.txt?version=2", lines[0]);
        var path = _folder.File("my book.txt");
        Assert.Contains($"{path}: 0% of 48.8 KiB", lines);
        Assert.Contains($"{path}: 100% of 48.8 KiB", lines);
        var sum = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(s_content));
        Assert.Equal($"Loaded: {path} (50,000 bytes, SHA-256 {sum})", lines[^1]);
        Assert.Equal(s_content, File.ReadAllBytes(path));

        (code, output, error) = Download($"{_server.Root}/texts/my%20book.txt?version=2", "--sha256", sum);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal($"Already there: {path} (50,000 bytes, SHA-256 {sum}, as it must be)", Lines(output)[^1]);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public void Ctrl_C_keeps_what_has_come()
    {
        var (code, output, error) = CommandLine.Run(
            line => line.Contains("100% of", StringComparison.Ordinal), "data", "download", $"{_server.Root}/a.txt", "--out", _folder.Path);
        Assert.Equal((130, ""), (code, error));
        Assert.Equal("Stopped with 0 of 1 files complete; the same command goes on from here.", Lines(output)[^1]);
        Assert.Equal(["a.txt.part", "a.txt.part.source"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        Assert.Equal(s_content, File.ReadAllBytes(_folder.File("a.txt.part")));
    }

    [Fact]
    public void Names_are_shown_with_sizes_and_licences()
    {
        var (code, output, error) = CommandLine.Run("data", "download", "--list");
        Assert.Equal((0, ""), (code, error));
        Approved.Matches("tests/MicroGpt.Cli.Tests/Snapshots/data-download-list", output);
    }

    [Fact]
    public void A_name_tells_its_terms_and_goes_through_the_proxy()
    {
        using var proxy = new LoopbackServer((_, _) => "403 Forbidden\r\nContent-Length: 0");
        using var process = new CommandLineProcess(
            "env", $"HTTPS_PROXY={proxy.Root}", "NO_PROXY=", CommandLineProcess.Built, "data", "download", "tinyshakespeare", "--out", _folder.Path);
        var output = process.ReadToEnd();
        Assert.Equal(1, process.WaitForExit());
        Assert.Contains("size: 1.1 MB; licence: public domain", output, StringComparison.Ordinal);
        Assert.Contains("from https://raw.githubusercontent.com/karpathy/char-rnn/", output, StringComparison.Ordinal);
        Assert.StartsWith("CONNECT raw.githubusercontent.com:443", Assert.Single(proxy.Requests).Line, StringComparison.Ordinal);
        Assert.Contains("the proxy does not connect to raw.githubusercontent.com", process.Error, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", process.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("What is to be loaded? Give a name or an address;")]
    [InlineData("\"shakespeare\" is no name that is known here (names32k, tinyshakespeare, tinystories, fineweb-edu)", "shakespeare")]
    [InlineData("ftp://example.org/x is no address that begins with https:// or http://.", "ftp://example.org/x")]
    [InlineData("http://example.org/ does not end in the name of a file.", "http://example.org/")]
    [InlineData("http://example.org/..%2Fx does not end in the name of a file.", "http://example.org/..%2Fx")]
    [InlineData("\"12\" is no SHA-256; that has 64 hexadecimal digits.", "http://127.0.0.1:1/x", "--sha256", "12")]
    [InlineData("--sha256 is for a single address;", "names32k", "--sha256", "12")]
    [InlineData("--shards is for fineweb-edu only.", "names32k", "--shards", "2")]
    [InlineData("fineweb-edu has 1,823 shards; --shards must be from 1 to that, not 0.", "fineweb-edu", "--shards", "0")]
    [InlineData("Two of the files would be", "http://a.example/x", "http://b.example/x")]
    public void What_makes_no_sense_is_refused_with_a_sentence(string sentence, params string[] args)
    {
        var (code, _, error) = Download(args);
        Assert.Equal(1, code);
        Assert.StartsWith("error: " + sentence, error, StringComparison.Ordinal);
        Assert.Single(Lines(error));
    }

    private Outcome Download(params string[] args) => CommandLine.Run(["data", "download", .. args, "--out", _folder.Path]);

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd().Split('\n');
}
