using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace MicroGpt.Data;

/// <summary>
/// Loads files over http(s) through whatever connections there are: it goes on where an interrupted download stopped, in the same run
/// or a later one; it tries again what may succeed; and a file gets its name only when it is complete and, where its checksum is
/// known, right. It does not decide what to load: nothing in this library downloads unless it is asked to.
/// </summary>
/// <remarks>
/// Going on is safe because the server is asked for the rest of the same version only (If-Range with the ETag or the date). Without
/// either, only a checksum can tell, so without that too the download starts anew.
/// </remarks>
/// <param name="client">How to reach servers; <see cref="CreateClient"/> makes one that fits.</param>
/// <param name="options">How patient to be.</param>
public sealed class Downloader(HttpClient client, DownloaderOptions? options = null)
{
    private readonly DownloaderOptions _options = options ?? new();

    /// <summary>A client without a limit on the whole time; proxies are taken from HTTPS_PROXY and its like, as .NET does.</summary>
    public static HttpClient CreateClient()
    {
        var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(30) }) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("microgpt", "0.1"));
        return client;
    }

    /// <summary>Loads a file, or finds that it is already there.</summary>
    /// <param name="download">What, and where to.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellation">Stops it; what has been loaded is kept, and the next call goes on.</param>
    /// <exception cref="ArgumentException">The address is none of http(s), or the checksum is no SHA-256.</exception>
    /// <exception cref="IOException">It can't be loaded or can't be written; the message says why and what is kept.</exception>
    /// <exception cref="InvalidDataException">What came is not what was expected; nothing of it is kept.</exception>
    public async Task<DownloadResult> LoadAsync(
        Download download, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(download);
        if (!download.Source.IsAbsoluteUri || download.Source.Scheme is not ("http" or "https"))
            throw new ArgumentException($"{download.Source} is no address that begins with http:// or https://.");
        if (download.Sha256 is { } expected && (expected.Length != 64 || !expected.All(char.IsAsciiHexDigit)))
            throw new ArgumentException($"\"{expected}\" is no SHA-256; that has 64 hexadecimal digits.");
        if (await FindAsync(download, cancellation).ConfigureAwait(false) is { } there)
            return there;

        using var part = PartialFile.Open(download.Path, download.Source);
        for (var restarted = false; ; restarted = true)
        {
            await LoadPartAsync(download, part, progress, cancellation).ConfigureAwait(false);
            var sha256 = await HashAsync(part.FromBeginning(), cancellation).ConfigureAwait(false);
            if (download.Sha256 is null || Same(sha256, download.Sha256))
            {
                part.Complete();
                return new DownloadResult(download.Path, part.Length, sha256, WasThere: false);
            }

            if (restarted || !part.IsPieced)
            {
                part.Delete();
                throw new InvalidDataException(
                    $"{download.Source} has the SHA-256 {sha256}, not {download.Sha256} as expected: it has changed, or was damaged on its way. Nothing of it was kept.");
            }

            part.Restart(download.Source, version: null); // its pieces may be of different versions
        }
    }

    /// <summary>The complete file, if it is there.</summary>
    private static async Task<DownloadResult?> FindAsync(Download download, CancellationToken cancellation)
    {
        var path = download.Path;
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder; the file can't be written there.");
        if (!File.Exists(path))
            return null;
        using var file = Open();
        var sha256 = await HashAsync(file, cancellation).ConfigureAwait(false);
        if (download.Sha256 is null ? download.Bytes is null || download.Bytes == file.Length : Same(sha256, download.Sha256))
            return new DownloadResult(path, file.Length, sha256, WasThere: true);
        throw new IOException(
            $"{path} is there already, but is not the file that was asked for (SHA-256 {sha256}). Move it away or choose another folder.");

        FileStream Open()
        {
            try
            {
                return File.OpenRead(path);
            }
            catch (UnauthorizedAccessException exception)
            {
                throw new IOException($"{path} is there already, but can't be read (permission denied).", exception);
            }
        }
    }

    /// <summary>Loads what is still missing, however many attempts it takes.</summary>
    private async Task LoadPartAsync(Download download, PartialFile part, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var attempt = new DownloadAttempt(client, download, part, _options.Silence, progress);
        var (failures, furthest) = (0, part.Length);
        while (true)
        {
            try
            {
                await attempt.RunAsync(cancellation).ConfigureAwait(false);
                return;
            }
            catch (TransientDownloadException exception)
            {
                if (part.Length > furthest)
                    (failures, furthest) = (0, part.Length);
                if (++failures >= _options.Attempts || (exception.IsFinalAtFirst && furthest == 0))
                    throw new IOException(Describe(exception, failures), exception);
                var delay = Delay(failures, exception.RetryAfter);
                progress?.Report(new DownloadProgress(
                    part.Length, attempt.Total, $"{exception.Message}; trying again in {Math.Ceiling(delay.TotalSeconds)} s"));
                await _options.Delay(delay, cancellation).ConfigureAwait(false);
            }
        }

        string Describe(TransientDownloadException exception, int tried) =>
            $"{download.Source} could not be loaded: {exception.Message}{(tried > 1 ? $" ({tried} attempts)" : "")}."
            + (part.Length > 0 ? $" {part.Length:N0} bytes are kept: the same command goes on from there." : "");
    }

    private TimeSpan Delay(int failures, TimeSpan? asked)
    {
        var delay = _options.FirstDelay * Math.Pow(2, failures - 1);
        if (asked > delay)
            delay = asked.Value;
        return delay < _options.LongestDelay ? delay : _options.LongestDelay;
    }

    private static async Task<string> HashAsync(Stream stream, CancellationToken cancellation) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));

    private static bool Same(string sha256, string expected) => sha256.Equals(expected, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What went wrong this time and may go well the next.</summary>
internal sealed class TransientDownloadException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether trying again is worth it only if something was loaded before: a mistyped name is not found the next time either.</summary>
    public bool IsFinalAtFirst { get; init; }
}
