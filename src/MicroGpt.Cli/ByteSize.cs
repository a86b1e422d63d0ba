using System.Globalization;

namespace MicroGpt.Cli;

/// <summary>Sizes as people write them: 100KB, 20MB, 1.5GB, 300000.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, long Bytes)[] s_units = [("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1)];

    /// <summary>The number of bytes.</summary>
    /// <exception cref="ArgumentException">It is no size.</exception>
    public static long Parse(string option, string text)
    {
        var (suffix, bytes) = s_units.First(unit => text.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        return decimal.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number < long.MaxValue / bytes
            ? (long)(number * bytes)
            : throw new ArgumentException($"{option} {text} is no size; write it as 500KB, 20MB or 1GB.");
    }
}
