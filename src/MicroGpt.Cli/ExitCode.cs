namespace MicroGpt.Cli;

/// <summary>What the program ends with.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>Something the person gave does not work; one sentence on standard error says what.</summary>
    public const int Error = 1;

    /// <summary>A fault of this program.</summary>
    public const int Bug = 70;

    /// <summary>Stopped by Ctrl-C, as shells expect: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
