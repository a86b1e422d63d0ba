using System.Globalization;

namespace MicroGpt.Numerics;

/// <summary>Amounts of memory for people.</summary>
public static class ByteCount
{
    /// <summary>A number of bytes in the unit that reads best: <c>4.2 KiB</c>, <c>474.7 MiB</c>, <c>2.05 GiB</c>.</summary>
    public static string InWords(long bytes) => bytes switch
    {
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:F1} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:F1} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:F2} GiB"),
    };
}
