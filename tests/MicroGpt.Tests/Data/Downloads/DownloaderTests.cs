using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MicroGpt.Data;

namespace MicroGpt.Tests.Data;

/// <summary>Downloads over real connections, from a server that does everything that servers do wrong.</summary>
public sealed class DownloaderTests : IDisposable
{
    private static readonly byte[] s_content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n")));
    private static readonly byte[] s_other = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"LINE {i}\n")));
    private static readonly string s_sha256 = Convert.ToHexStringLower(SHA256.HashData(s_content));

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = Downloader.CreateClient();
    private readonly List<TimeSpan> _waits = [];

    private string Target => _folder.File("sub/file.txt");

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_loaded_whole_and_nothing_else_stays()
    {
        using var server = new LoopbackServer(Whole, (_, _) => s_content);
        var reports = new Reports();
        var result = await Load(server, progress: reports);
        Assert.Equal((s_content.Length, s_sha256, false), (result.Bytes, result.Sha256, result.WasThere));
        Assert.Equal(new DownloadProgress(0, s_content.Length), reports[0]);
        Assert.Equal(new DownloadProgress(s_content.Length, s_content.Length), reports[^1]);
        AssertLoaded();
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_loaded_again()
    {
        using var server = new LoopbackServer(Whole, (_, _) => s_content);
        await Load(server);
        Assert.True((await Load(server)).WasThere);
        Assert.True((await Load(server, sha256: s_sha256.ToUpperInvariant())).WasThere);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Another_file_of_that_name_stays_as_it_is()
    {
        using var server = new LoopbackServer(Whole, (_, _) => s_content);
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllText(Target, "mine");
        var said = await Assert.ThrowsAsync<IOException>(() => Load(server, sha256: s_sha256));
        Assert.Contains("is there already, but is not the file that was asked for", said.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => Load(server, bytes: 5));
        Assert.Equal("mine", File.ReadAllText(Target));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("ETag: \"v1\"", "\"v1\"")]
    [InlineData("Last-Modified: Mon, 02 Mar 2026 10:00:00 GMT", "Mon, 02 Mar 2026 10:00:00 GMT")]
    [InlineData("ETag: W/\"weak\"\r\nLast-Modified: Mon, 02 Mar 2026 10:00:00 GMT", "Mon, 02 Mar 2026 10:00:00 GMT")]
    public async Task Cut_connections_are_taken_up_again_where_they_were_cut(string version, string ifRange)
    {
        // Every answer ends 10,000 bytes on, though the head promises the rest.
        using var server = new LoopbackServer(
            (_, request) => (request.From is null ? Whole(0, request) : Rest(request)) + "\r\n" + version,
            (_, request) => s_content.AsMemory((int)(request.From ?? 0))[..(int)Math.Min(10_000, s_content.Length - (request.From ?? 0))]);
        await Load(server);
        AssertLoaded();
        Assert.Equal([null, 10_000, 20_000, 30_000, 40_000], server.Requests.Select(request => request.From));
        Assert.All(server.Requests.Skip(1), request => Assert.Equal(ifRange, request.Headers["If-Range"]));
        Assert.All(_waits, wait => Assert.Equal(TimeSpan.FromSeconds(1), wait)); // there was progress each time
    }

    [Fact]
    public async Task What_an_earlier_run_has_loaded_is_kept()
    {
        using var server = new LoopbackServer(
            (_, request) => (request.From is null ? Whole(0, request) : Rest(request)) + "\r\nETag: \"v1\"",
            (number, request) => number == 1 ? s_content.AsMemory(0, 10_000) : request.From is { } from ? s_content.AsMemory((int)from) : s_content);
        var said = await Assert.ThrowsAsync<IOException>(() => Load(server, attempts: 1));
        Assert.EndsWith("10,000 bytes are kept: the same command goes on from there.", said.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
        await Load(server);
        Assert.Equal(10_000, server.Requests[1].From);
        AssertLoaded();
    }

    [Fact]
    public async Task A_cancelled_download_goes_on_later()
    {
        using var server = new LoopbackServer(
            (_, request) => (request.From is null ? Whole(0, request) : Rest(request)) + "\r\nETag: \"v1\"",
            (_, request) => s_content.AsMemory((int)(request.From ?? 0)));
        using var cancellation = new CancellationTokenSource();
        var reports = new Reports(report =>
        {
            if (report.Bytes > 0)
                cancellation.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Load(server, progress: reports, cancellation: cancellation.Token));
        Assert.False(File.Exists(Target));
        Assert.True(new FileInfo(Target + ".part").Length > 0);
        await Load(server);
        AssertLoaded();
    }

    [Fact]
    public async Task A_file_that_changes_between_attempts_is_loaded_anew()
    {
        // The server looks at If-Range as it should: the second version has another ETag, so it sends all of it.
        using var server = new LoopbackServer(
            (number, _) => $"200 OK\r\nContent-Length: {s_content.Length}\r\nETag: \"v{number}\"",
            (number, _) => number == 1 ? s_other.AsMemory(0, 10_000) : s_content);
        await Load(server);
        Assert.Equal(10_000, server.Requests[1].From);
        AssertLoaded();
    }

    [Fact]
    public async Task A_change_is_seen_also_where_the_server_ignores_If_Range()
    {
        using var server = new LoopbackServer(
            (number, request) => (request.From is null ? Whole(0, request) : Rest(request)) + $"\r\nETag: \"v{Math.Min(number, 2)}\"",
            (number, request) => number == 1 ? s_other.AsMemory(0, 10_000) : s_content.AsMemory((int)(request.From ?? 0)));
        await Load(server);
        Assert.Equal([null, 10_000, null], server.Requests.Select(request => request.From));
        AssertLoaded();
    }

    [Fact]
    public async Task Without_a_version_a_part_is_not_trusted()
    {
        using var server = new LoopbackServer(Whole, (number, _) => number == 1 ? s_other.AsMemory(0, 10_000) : s_content);
        await Load(server);
        Assert.Equal([null, null], server.Requests.Select(request => request.From));
        AssertLoaded();
    }

    [Fact]
    public async Task Without_a_version_a_checksum_is_enough_and_tells_a_mixture()
    {
        using var server = new LoopbackServer(
            (_, request) => request.From is null ? Whole(0, request) : Rest(request),
            (number, request) => number == 1 ? s_other.AsMemory(0, 10_000) : s_content.AsMemory((int)(request.From ?? 0)));
        await Load(server, sha256: s_sha256);
        Assert.Equal([null, 10_000, null], server.Requests.Select(request => request.From));
        AssertLoaded();
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_sends_all_again()
    {
        using var server = new LoopbackServer(
            (_, request) => Whole(0, request) + "\r\nETag: \"v1\"",
            (number, _) => number < 3 ? s_content.AsMemory(0, 10_000 * number) : s_content);
        await Load(server);
        Assert.Equal([null, 10_000, 20_000], server.Requests.Select(request => request.From));
        AssertLoaded();
    }

    [Fact]
    public async Task A_server_that_sends_another_range_is_not_believed()
    {
        using var server = new LoopbackServer(
            (number, request) => (request.From is null ? Whole(0, request) : $"206 Partial Content\r\nContent-Length: 5\r\nContent-Range: bytes 0-4/{s_content.Length}") + "\r\nETag: \"v1\"",
            (number, request) => number == 1 ? s_content.AsMemory(0, 10_000) : request.From is null ? s_content : s_content.AsMemory(0, 5));
        await Load(server);
        Assert.Equal([null, 10_000, null], server.Requests.Select(request => request.From));
        AssertLoaded();
    }

    [Fact]
    public async Task A_part_that_was_complete_needs_only_its_name()
    {
        using var server = new LoopbackServer(
            (_, request) => request.From is null
                ? "200 OK\r\nETag: \"v1\"\r\nTransfer-Encoding: chunked" // whose end is lost
                : $"416 Range Not Satisfiable\r\nContent-Range: bytes */{s_content.Length}\r\nContent-Length: 0",
            (_, request) => request.From is null ? (byte[])[.. Encoding.ASCII.GetBytes(s_content.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"), .. s_content, .. "\r\n"u8] : default(ReadOnlyMemory<byte>));
        await Load(server);
        Assert.Equal([null, s_content.Length], server.Requests.Select(request => request.From));
        AssertLoaded();
    }

    [Fact]
    public async Task A_server_that_promises_more_than_it_has_is_given_up()
    {
        using var server = new LoopbackServer(
            (_, _) => $"200 OK\r\nContent-Length: {s_content.Length + 1}\r\nETag: \"v1\"", (_, _) => s_content);
        var said = await Assert.ThrowsAsync<IOException>(() => Load(server, attempts: 3));
        Assert.Contains("the connection to 127.0.0.1 was lost (3 attempts)", said.Message, StringComparison.Ordinal);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], [TimeSpan.FromSeconds(1), .. _waits]);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task A_length_other_than_expected_is_refused_before_the_first_byte()
    {
        using var server = new LoopbackServer(Whole, (_, _) => s_content);
        await Refused("has 48,890 bytes, where 48,889 were expected; the file there is another one. Nothing of it was kept.", server, bytes: s_content.Length - 1);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task More_than_expected_is_refused_where_the_length_is_not_told()
    {
        using var server = new LoopbackServer((_, _) => "200 OK", (_, _) => s_content);
        await Refused("sends more than the 100 bytes that were expected", server, bytes: 100);
    }

    [Fact]
    public async Task Less_than_expected_is_not_taken_for_the_whole()
    {
        using var server = new LoopbackServer((_, _) => "200 OK", (number, _) => number == 1 ? s_content.AsMemory(0, 100) : s_content);
        await Load(server, bytes: s_content.Length);
        AssertLoaded();
    }

    [Fact]
    public async Task A_wrong_checksum_keeps_nothing()
    {
        using var server = new LoopbackServer(Whole, (_, _) => s_other);
        await Refused($"not {s_sha256} as expected", server, sha256: s_sha256);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_wrong_checksum_ends_also_where_every_connection_is_cut()
    {
        using var server = new LoopbackServer(
            (_, request) => request.From is null ? Whole(0, request) : Rest(request),
            (_, request) => s_other.AsMemory((int)(request.From ?? 0))[..(int)Math.Min(30_000, s_other.Length - (request.From ?? 0))]);
        await Refused($"not {s_sha256} as expected", server, sha256: s_sha256);
        Assert.Equal([null, 30_000, null, 30_000], server.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task An_overloaded_server_is_asked_again_later_and_later()
    {
        using var server = new LoopbackServer(
            (number, request) => number switch
            {
                1 => "500 Internal Server Error",
                2 => "503 Service Unavailable\r\nRetry-After: 20",
                3 => "429 Too Many Requests\r\nRetry-After: 86400",
                _ => Whole(0, request),
            },
            (number, _) => number < 4 ? default(ReadOnlyMemory<byte>) : s_content);
        var reports = new Reports();
        await Load(server, progress: reports);
        Assert.Equal([1, 20, 60], _waits.Select(wait => wait.TotalSeconds));
        Assert.Equal("the server answers 500 (Internal Server Error); trying again in 1 s", reports[0].Trouble);
        AssertLoaded();
    }

    [Fact]
    public async Task A_server_that_stays_overloaded_is_given_up()
    {
        using var server = new LoopbackServer((_, _) => "503 Service Unavailable\r\nContent-Length: 0");
        var said = await Assert.ThrowsAsync<IOException>(() => Load(server));
        Assert.Equal($"{server.Root}/file.txt could not be loaded: the server answers 503 (Service Unavailable) (6 attempts).", said.Message);
        Assert.Equal([1, 2, 4, 8, 16], _waits.Select(wait => wait.TotalSeconds));
    }

    [Theory]
    [InlineData("404 Not Found", "there is no such file on the server.")]
    [InlineData("401 Unauthorized", "it asks for a permission that this program does not have.")]
    [InlineData("400 Bad Request", "the server answers 400 (Bad Request).")]
    [InlineData("302 Found", "the server answers 302 (Found).")]
    public async Task What_will_not_succeed_is_not_tried_again(string answer, string sentence)
    {
        using var server = new LoopbackServer((_, _) => answer + "\r\nContent-Length: 0");
        var said = await Assert.ThrowsAsync<IOException>(() => Load(server));
        Assert.EndsWith(sentence, said.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Redirections_are_followed_with_the_range()
    {
        using var server = new LoopbackServer(
            (number, request) => request.Line.Contains("/file.txt", StringComparison.Ordinal) ? "302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0"
                : (request.From is null ? Whole(0, request) : Rest(request)) + "\r\nETag: \"v1\"",
            (number, request) => request.Line.Contains("/file.txt", StringComparison.Ordinal) ? default(ReadOnlyMemory<byte>)
                : request.From is { } from ? s_content.AsMemory((int)from) : s_content.AsMemory(0, 10_000));
        await Load(server);
        Assert.Equal(["/file.txt", "/elsewhere", "/file.txt", "/elsewhere"], server.Requests.Select(request => request.Line.Split(' ')[1]));
        Assert.Equal(10_000, server.Requests[^1].From);
        AssertLoaded();
    }

    [Fact]
    public async Task A_redirection_in_circles_ends()
    {
        using var server = new LoopbackServer((_, _) => "302 Found\r\nLocation: /file.txt\r\nContent-Length: 0");
        Assert.Contains("where this program does not follow", (await Assert.ThrowsAsync<IOException>(() => Load(server))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_server_counts_as_lost()
    {
        using var server = new LoopbackServer(async (number, request, stream, cancellation) =>
        {
            var (head, body) = number switch
            {
                1 => ("", default),
                2 => ("HTTP/1.1 200 OK\r\nContent-Length: 48890\r\nETag: \"v1\"\r\n\r\n", s_content.AsMemory(0, 10_000)),
                _ => ("HTTP/1.1 " + Rest(request) + "\r\n\r\n", s_content.AsMemory((int)request.From!)),
            };
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), cancellation);
            await stream.WriteAsync(body, cancellation);
            if (number < 3)
                await Task.WhenAny(Task.Delay(Timeout.Infinite, cancellation), stream.ReadAsync(new byte[1], cancellation).AsTask()); // until the client leaves
        });
        var reports = new Reports();
        await Load(server, progress: reports, silence: TimeSpan.FromMilliseconds(200));
        Assert.Contains(reports, report => report.Trouble == "the server was silent for 0.2 s; trying again in 1 s");
        AssertLoaded();
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_at_once()
    {
        var server = new LoopbackServer(Whole);
        server.Dispose();
        var said = await Assert.ThrowsAsync<IOException>(() => Load(server));
        Assert.Contains("127.0.0.1 can't be reached (Connection refused", said.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
        Assert.Empty(_waits);
    }

    [Fact]
    public async Task A_part_of_another_address_is_not_used()
    {
        using var first = new LoopbackServer((_, _) => "200 OK\r\nContent-Length: 48890\r\nETag: \"v1\"", (_, _) => s_other.AsMemory(0, 10_000));
        await Assert.ThrowsAsync<IOException>(() => Load(first, attempts: 1));
        using var second = new LoopbackServer((_, request) => Whole(0, request) + "\r\nETag: \"v1\"", (_, _) => s_content);
        await Load(second);
        Assert.Null(second.Requests[0].From);
        AssertLoaded();
    }

    [Fact]
    public void A_full_disk_is_said()
    {
        using var disk = new FullDisk(); // which belongs to the thread, so this test must not change it
        using var server = new LoopbackServer(Whole, (_, _) => s_content);
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        FullDisk.Hold(Target + ".part");
        var said = Assert.Throws<IOException>(() => LoadHere(server));
        Assert.Contains("can't be written: No space left on device", said.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task A_file_larger_than_the_disk_is_refused_before_the_first_byte()
    {
        using var server = new LoopbackServer((_, _) => "200 OK\r\nContent-Length: 1000000000000000000", (_, _) => s_content);
        var said = await Assert.ThrowsAsync<IOException>(() => Load(server));
        Assert.Contains("needs 931322574.62 GiB more, and the disk of", said.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_said()
    {
        using var server = new LoopbackServer(Whole, (_, _) => s_content);
        File.WriteAllText(_folder.File("sub"), "a file");
        Assert.Contains("can't be written:", (await Assert.ThrowsAsync<IOException>(() => Load(server))).Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_folder_in_the_files_place_is_said()
    {
        using var server = new LoopbackServer(Whole, (_, _) => s_content);
        Directory.CreateDirectory(Target);
        Assert.EndsWith("is a folder; the file can't be written there.", (await Assert.ThrowsAsync<IOException>(() => Load(server))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd", null, "is no address that begins with http:// or https://.")]
    [InlineData("http://127.0.0.1/x", "12ab", "\"12ab\" is no SHA-256; that has 64 hexadecimal digits.")]
    public async Task What_makes_no_sense_is_refused(string address, string? sha256, string sentence)
    {
        var download = new Download(new Uri(address), Target) { Sha256 = sha256 };
        var said = await Assert.ThrowsAsync<ArgumentException>(() => new Downloader(_client).LoadAsync(download, cancellation: TestContext.Current.CancellationToken));
        Assert.EndsWith(sentence, said.Message, StringComparison.Ordinal);
    }

    /// <summary>The head of an answer with the whole file.</summary>
    private static string Whole(int number, LoopbackRequest request) => $"200 OK\r\nContent-Length: {s_content.Length}";

    /// <summary>The head of an answer with the rest that was asked for.</summary>
    private static string Rest(LoopbackRequest request) =>
        $"206 Partial Content\r\nContent-Length: {s_content.Length - request.From}\r\nContent-Range: bytes {request.From}-{s_content.Length - 1}/{s_content.Length}";

    private Task<DownloadResult> Load(
        LoopbackServer server, string? sha256 = null, long? bytes = null, int attempts = 6, TimeSpan? silence = null,
        Reports? progress = null, CancellationToken? cancellation = null)
    {
        var options = new DownloaderOptions
        {
            Attempts = attempts,
            Silence = silence ?? TimeSpan.FromMinutes(1),
            Delay = (delay, _) =>
            {
                _waits.Add(delay);
                return Task.CompletedTask;
            },
        };
        var download = new Download(new Uri(server.Root + "/file.txt"), Target) { Sha256 = sha256, Bytes = bytes };
        return new Downloader(_client, options).LoadAsync(download, progress, cancellation ?? TestContext.Current.CancellationToken);
    }

    private DownloadResult LoadHere(LoopbackServer server) => Load(server).GetAwaiter().GetResult();

    private async Task Refused(string sentence, LoopbackServer server, string? sha256 = null, long? bytes = null)
    {
        var said = await Assert.ThrowsAsync<InvalidDataException>(() => Load(server, sha256, bytes));
        Assert.Contains(sentence, said.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    private void AssertLoaded()
    {
        Assert.Equal(s_content, File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    private sealed class Reports(Action<DownloadProgress>? also = null) : List<DownloadProgress>, IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            Add(value);
            also?.Invoke(value);
        }
    }
}
