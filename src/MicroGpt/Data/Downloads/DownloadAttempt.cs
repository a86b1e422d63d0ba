using System.Net;
using System.Net.Http.Headers;
using MicroGpt.Numerics;

namespace MicroGpt.Data;

/// <summary>One request and its answer, appended to what is there; run again until it succeeds.</summary>
internal sealed class DownloadAttempt(
    HttpClient client, Download download, PartialFile part, TimeSpan silence, IProgress<DownloadProgress>? progress)
{
    private const int BufferSize = 1 << 17;

    /// <summary>The size of the whole file, once the server has told it.</summary>
    public long? Total { get; private set; }

    /// <summary>Loads to the end.</summary>
    /// <exception cref="TransientDownloadException">It did not succeed this time.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(silence);
        using var request = Request();
        using var response = await Network(() => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timer.Token), cancellation).ConfigureAwait(false);
        if (IsComplete(response))
            return;
        Begin(response);
        progress?.Report(new DownloadProgress(part.Length, Total));

        using var body = await Network(() => response.Content.ReadAsStreamAsync(timer.Token), cancellation).ConfigureAwait(false);
        var buffer = new byte[BufferSize];
        while (true)
        {
            timer.CancelAfter(silence);
            var read = await Network(() => body.ReadAsync(buffer, timer.Token).AsTask(), cancellation).ConfigureAwait(false);
            if (read == 0)
                break;
            part.Append(buffer.AsSpan(0, read));
            if (part.Length > (download.Bytes ?? long.MaxValue))
                throw Unexpected($"sends more than the {download.Bytes:N0} bytes that were expected");
            progress?.Report(new DownloadProgress(part.Length, Total));
        }

        if (part.Length < (Total ?? download.Bytes))
            throw new TransientDownloadException($"the server ended after {part.Length:N0} of {Total ?? download.Bytes:N0} bytes");
    }

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, download.Source);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity")); // a range is one of the file itself
        if (part.Length == 0 || (part.Version is null && download.Sha256 is null))
            return request;
        request.Headers.Range = new RangeHeaderValue(part.Length, null);
        if (part.Version is { } version)
            request.Headers.TryAddWithoutValidation("If-Range", version);
        return request;
    }

    /// <summary>Whether the answer to the request for the rest is that there is none.</summary>
    private bool IsComplete(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && part.Length > 0
        && response.Content.Headers.ContentRange?.Length == part.Length && IsSameVersion(response);

    /// <summary>Looks at the head of the answer: whether the body is what is missing, or the whole, or neither.</summary>
    private void Begin(HttpResponseMessage response)
    {
        var headers = response.Content.Headers;
        if (response.StatusCode is HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable && part.Length > 0)
        {
            var range = headers.ContentRange;
            var fits = response.StatusCode == HttpStatusCode.PartialContent && range?.From == part.Length && range.Unit == "bytes" && IsSameVersion(response);
            if (!fits)
            {
                part.Restart(download.Source, version: null);
                throw new TransientDownloadException("the server did not send the part of the file that was asked for, so it is loaded from the beginning");
            }

            part.IsPieced |= part.Length > 0;
            Total = range!.Length;
        }
        else if (response.StatusCode == HttpStatusCode.OK)
        {
            part.Restart(download.Source, Version(response));
            Total = headers.ContentLength;
        }
        else
        {
            throw Failure(response);
        }

        if (Total is { } total && download.Bytes is { } expected && total != expected)
            throw Unexpected($"has {total:N0} bytes, where {expected:N0} were expected");
        CheckRoom();
    }

    private bool IsSameVersion(HttpResponseMessage response) =>
        part.Version is null || Version(response) is not { } version || version == part.Version;

    /// <summary>What tells this version of the file from others: its ETag if it is a strong one, or its date.</summary>
    private static string? Version(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : response.Content.Headers.LastModified?.ToString("R");

    private void CheckRoom()
    {
        if (Total is not { } total)
            return;
        long free;
        try
        {
            free = new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(download.Path))!).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return; // the disk does not say; a write that fails will
        }

        if (total - part.Length > free)
            throw new IOException(
                $"{download.Source} needs {ByteCount.InWords(total - part.Length)} more, and the disk of {download.Path} has {ByteCount.InWords(free)} left.");
    }

    /// <summary>An answer that is no file.</summary>
    private Exception Failure(HttpResponseMessage response)
    {
        var status = $"the server answers {(int)response.StatusCode} ({response.ReasonPhrase})";
        if ((int)response.StatusCode is 408 or 425 or 429 or >= 500)
            return new TransientDownloadException(status)
            {
                RetryAfter = response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - DateTimeOffset.UtcNow,
            };
        var why = (int)response.StatusCode switch
        {
            404 or 410 => "there is no such file on the server",
            401 or 403 => $"{status}: it asks for a permission that this program does not have",
            >= 300 and < 400 when response.Headers.Location is { } place => $"{status} and leads to {place}, where this program does not follow",
            _ => status,
        };
        return new IOException($"{download.Source} could not be loaded: {why}.");
    }

    private InvalidDataException Unexpected(string what)
    {
        part.Delete();
        return new InvalidDataException($"{download.Source} {what}; the file there is another one. Nothing of it was kept.");
    }

    /// <summary>Waits for the network, and tells what may go better the next time from what will not.</summary>
    private async Task<T> Network<T>(Func<Task<T>> wait, CancellationToken cancellation)
    {
        try
        {
            return await wait().ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientDownloadException($"the server was silent for {silence.TotalSeconds:0.#} s", exception);
        }
        catch (HttpRequestException exception)
        {
            var host = download.Source.Host;
            throw exception.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => new TransientDownloadException($"{host} was not found (is there a connection to the internet?)", exception) { IsFinalAtFirst = true },
                HttpRequestError.ConnectionError => new TransientDownloadException($"{host} can't be reached ({exception.Message.TrimEnd('.')})", exception) { IsFinalAtFirst = true },
                HttpRequestError.SecureConnectionError => new IOException($"{download.Source} could not be loaded: the connection to {host} is not secure ({Innermost(exception)}).", exception),
                HttpRequestError.ProxyTunnelError => new IOException($"{download.Source} could not be loaded: the proxy does not connect to {host} ({Innermost(exception)}). It is set by HTTPS_PROXY.", exception),
                _ => new TransientDownloadException($"the connection to {host} failed ({exception.Message.TrimEnd('.')})", exception),
            };
        }
        catch (IOException exception)
        {
            throw new TransientDownloadException($"the connection to {download.Source.Host} was lost", exception);
        }
    }

    private static string Innermost(Exception exception) => exception.GetBaseException().Message.TrimEnd('.');
}
