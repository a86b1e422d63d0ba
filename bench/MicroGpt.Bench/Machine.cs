using System.Globalization;
using System.Runtime.InteropServices;

namespace MicroGpt.Bench;

/// <summary>The machine in words, and how busy others kept it.</summary>
internal static class Machine
{
    private const string PressureFile = "/proc/pressure/cpu";

    public static string Description
    {
        get
        {
            var model = File.Exists("/proc/cpuinfo")
                ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
                : null;
            return $"{model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, "
                + $"{RuntimeInformation.OSDescription.Trim()}, .NET {Environment.Version}";
        }
    }

    /// <summary>
    /// Seconds since the start of the system in which some thread that could run waited for a core (Linux), or null where that
    /// is not counted. It grows faster than the threads measured explain when a neighbour computes beside them.
    /// </summary>
    public static double? SecondsWaited()
    {
        if (!File.Exists(PressureFile))
            return null;
        var total = File.ReadLines(PressureFile).First().Split("total=")[1]; // in microseconds
        return double.Parse(total, CultureInfo.InvariantCulture) / 1e6;
    }
}
