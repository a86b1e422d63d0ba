using System.Runtime.InteropServices;

namespace MicroGpt.Numerics;

/// <summary>The machine that this program runs on, for what is measured there to be told with it.</summary>
public static class Machine
{
    /// <summary>Processor, cores, operating system and .NET, in a line.</summary>
    public static string Description =>
        $"{Processor}, {Environment.ProcessorCount} {(Environment.ProcessorCount == 1 ? "core" : "cores")}, "
        + $"{RuntimeInformation.OSDescription.Trim()}, .NET {Environment.Version}";

    private static string Processor
    {
        get
        {
            try
            {
                return File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
                    ?? Architecture;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return Architecture; // not Linux
            }
        }
    }

    private static string Architecture => RuntimeInformation.ProcessArchitecture.ToString();
}
