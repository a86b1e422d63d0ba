using System.Text;
using MicroGpt.Numerics;

namespace MicroGpt.Tests;

/// <summary>What may happen to a file: a few bytes changed, lost, doubled or put in, or the end gone.</summary>
internal static class Mutation
{
    private static readonly byte[][] s_words =
    [
        .. ((string[])["null", "9", "99999999", "-1", "{}", "[", "]", "\"", "\\", "\\u0000", "\\ud800", "1e400", ".5", "true", ",", "\n", "\r\n", "\n\n", "\0", "\u00e9", "\uFEFF"])
            .Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>A copy with one to three changes.</summary>
    public static byte[] Of(byte[] original, MersenneTwister random)
    {
        var bytes = original.ToList();
        for (var changes = random.NextInt32(3); changes >= 0 && bytes.Count > 0; changes--)
        {
            // Half of them in the first kilobyte, where many files have their headers and descriptions.
            var at = random.NextInt32(random.NextInt32(2) == 0 ? Math.Min(bytes.Count, 1024) : bytes.Count);
            switch (random.NextInt32(9))
            {
                case 0: bytes[at] ^= (byte)(1 << random.NextInt32(8)); break;
                case 1: bytes[at] = (byte)random.NextInt32(256); break;
                case 2: bytes[at] = (byte)('0' + random.NextInt32(10)); break;
                case 3: bytes[at] = (byte)(random.NextInt32(2) * 255); break;
                case 4: bytes[at]++; break;
                case 5: bytes.RemoveRange(at, Math.Min(1 + random.NextInt32(20), bytes.Count - at)); break;
                case 6: bytes.InsertRange(at, bytes.GetRange(random.NextInt32(bytes.Count), 1)); break;
                case 7: bytes.InsertRange(at, s_words[random.NextInt32(s_words.Length)]); break;
                default: bytes.RemoveRange(at, random.NextInt32(2) == 0 ? bytes.Count - at : 1); break;
            }
        }

        return [.. bytes];
    }
}
