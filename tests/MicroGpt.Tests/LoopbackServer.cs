using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MicroGpt.Tests;

/// <summary>A request as it came.</summary>
internal sealed record LoopbackRequest(string Line, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Where the range that is asked for begins, or null if all is.</summary>
    public long? From => Headers.TryGetValue("Range", out var range) ? long.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture) : null;
}

/// <summary>
/// A server on this machine that answers as badly as a test wishes: what is written to the stream is all that is sent, and then the
/// connection ends.
/// </summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    /// <param name="answer">Answers a request; the number counts them from 1.</param>
    public LoopbackServer(Func<int, LoopbackRequest, Stream, CancellationToken, Task> answer)
    {
        _listener.Start();
        _serving = Task.Run(() => ServeAsync(answer));
    }

    public LoopbackServer(Func<int, LoopbackRequest, string> head, Func<int, LoopbackRequest, ReadOnlyMemory<byte>>? body = null)
        : this(async (number, request, stream, cancellation) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes("HTTP/1.1 " + head(number, request) + "\r\nConnection: close\r\n\r\n"), cancellation);
            if (body is not null)
                await stream.WriteAsync(body(number, request), cancellation);
        })
    {
    }

    /// <summary>The requests so far.</summary>
    public List<LoopbackRequest> Requests { get; } = [];

    /// <summary>What stands before a path, to address it.</summary>
    public string Root => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        _serving.Wait();
        _end.Dispose();
    }

    private async Task ServeAsync(Func<int, LoopbackRequest, Stream, CancellationToken, Task> answer)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var connection = await _listener.AcceptTcpClientAsync(_end.Token);
                using var stream = connection.GetStream();
                var request = await ReadAsync(stream);
                Requests.Add(request);
                await answer(Requests.Count, request, stream, _end.Token);
                await stream.FlushAsync();
                connection.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client has left, or the test is over.
            }
        }
    }

    private async Task<LoopbackRequest> ReadAsync(Stream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _end.Token) == 0)
                throw new IOException("The client left in the middle of its request.");
            text.Append((char)one[0]);
        }

        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return new LoopbackRequest(
            lines[0],
            lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase));
    }
}
