using System.Globalization;

namespace MicroGpt.Bench;

/// <summary>How busy others kept the machine.</summary>
internal static class ProcessorPressure
{
    private const string PressureFile = "/proc/pressure/cpu";

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
