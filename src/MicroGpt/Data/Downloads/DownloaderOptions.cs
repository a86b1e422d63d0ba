namespace MicroGpt.Data;

/// <summary>How patient a <see cref="Downloader"/> is.</summary>
public sealed record DownloaderOptions
{
    /// <summary>How many attempts in a row may fail without a byte more than before.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The wait behind the first failure; it doubles with every further one.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait, also where a server asks for a longer one.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a connection may be silent before it counts as lost.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How to wait; tests do not.</summary>
    public Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;
}
