using System.Runtime.InteropServices;

namespace MicroGpt.Cli;

/// <summary>
/// Ctrl-C and the operating system's request to end. The first asks the work under way to come to a good end; the second ends
/// the program at once.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interrupt() =>
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    /// <summary>What the signals do; tests call it.</summary>
    internal void Request() => _source.Cancel();

    private void OnSignal(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
            return; // the second time: the system's default, the end
        context.Cancel = true;
        _source.Cancel();
    }
}
