using System.Globalization;
using System.Reflection;
using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Characters without their accents: the canonical decomposition (Unicode's NFD) less the nonspacing marks in it. The table is
/// part of the library, made from the Unicode Character Database 16, because .NET without ICU knows no decompositions.
/// </summary>
internal static class LetterWithoutMarks
{
    private const string Table = "letters-without-marks"; // lines of code points: a character, and what remains of it

    // Hangul syllables decompose by arithmetic (The Unicode Standard, 3.12).
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int Syllables = 11172, Vowels = 21, Trails = 28;

    private static readonly Dictionary<int, string> s_remains = Load();

    /// <summary>Appends what remains of a character, perhaps nothing.</summary>
    public static void Append(Rune rune, StringBuilder output)
    {
        if (rune.IsAscii)
            output.Append((char)rune.Value);
        else if (s_remains.TryGetValue(rune.Value, out var remains))
            output.Append(remains);
        else if (rune.Value - SyllableBase is >= 0 and < Syllables and var syllable)
            AppendSyllable(syllable, output);
        else if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            output.Append(rune);
    }

    private static void AppendSyllable(int syllable, StringBuilder output)
    {
        output.Append((char)(LeadBase + syllable / (Vowels * Trails)));
        output.Append((char)(VowelBase + syllable / Trails % Vowels));
        if (syllable % Trails is > 0 and var trail)
            output.Append((char)(TrailBase + trail));
    }

    private static Dictionary<int, string> Load()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Table)!);
        var remains = new Dictionary<int, string>();
        while (reader.ReadLine() is { } line)
        {
            var codePoints = line.Split(' ').Select(word => int.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
            remains.Add(codePoints[0], string.Concat(codePoints.Skip(1).Select(char.ConvertFromUtf32)));
        }

        return remains;
    }
}
