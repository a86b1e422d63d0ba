using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Unicode;

namespace MicroGpt.Tokenizers;

/// <summary>
/// The canonical normal forms NFC and NFD (Unicode Standard Annex 15), from tables of Unicode 16 in the library: .NET without ICU
/// leaves all but ASCII as it is. Hugging Face's tables are of Unicode 10; newer marks and letters differ.
/// </summary>
internal static class UnicodeNormalization
{
    private const string Table = "normalization";

    // Hangul syllables decompose by arithmetic (The Unicode Standard, 3.12).
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Trails = 28, Syllables = Leads * Vowels * Trails;

    private static readonly Dictionary<int, int[]> s_decompositions = [];
    private static readonly Dictionary<(int, int), int> s_compositions = [];
    private static readonly Dictionary<int, byte> s_classes = []; // combining classes; 0 where there is none

    static UnicodeNormalization()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Table)!);
        while (reader.ReadLine() is { } line)
            if (!line.StartsWith('#'))
                Read(line);
    }

    /// <summary>A text in a normal form; a half of a surrogate pair stays as it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="form">NFC or NFD.</param>
    public static string Normalize(string text, NormalizationForm form)
    {
        if (Ascii.IsValid(text))
            return text;
        var codePoints = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var isPair = char.IsSurrogatePair(text, i);
            Decompose(isPair ? char.ConvertToUtf32(text[i], text[i + 1]) : text[i], codePoints);
            i += isPair ? 1 : 0;
        }

        Order(codePoints);
        if (form == NormalizationForm.FormC)
            Compose(codePoints);
        var normalized = new StringBuilder(text.Length);
        foreach (var codePoint in codePoints)
        {
            if (codePoint > char.MaxValue)
                normalized.Append(char.ConvertFromUtf32(codePoint));
            else
                normalized.Append((char)codePoint);
        }

        return normalized.ToString();
    }

    /// <summary>A text in UTF-8; bytes that are not UTF-8 stay as they are.</summary>
    public static ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> utf8, NormalizationForm form)
    {
        if (Ascii.IsValid(utf8))
            return utf8;
        var normalized = new ArrayBufferWriter<byte>(utf8.Length);
        var text = new char[utf8.Length];
        while (!utf8.IsEmpty)
        {
            Utf8.ToUtf16(utf8, text, out var read, out var written, replaceInvalidSequences: false);
            normalized.Write(Wtf8.Encode(Normalize(new string(text, 0, written), form)));
            utf8 = utf8[read..];
            for (; !utf8.IsEmpty && Rune.DecodeFromUtf8(utf8, out _, out var length) != OperationStatus.Done; utf8 = utf8[length..])
                normalized.Write(utf8[..length]);
        }

        return normalized.WrittenSpan;
    }

    private static void Decompose(int codePoint, List<int> output)
    {
        if (codePoint - SyllableBase is >= 0 and < Syllables and var syllable)
        {
            output.Add(LeadBase + syllable / (Vowels * Trails));
            output.Add(VowelBase + syllable / Trails % Vowels);
            if (syllable % Trails is > 0 and var trail)
                output.Add(TrailBase + trail);
        }
        else if (s_decompositions.TryGetValue(codePoint, out var parts))
        {
            foreach (var part in parts)
                Decompose(part, output);
        }
        else
        {
            output.Add(codePoint);
        }
    }

    /// <summary>Sorts the marks behind each letter by their combining classes; equal ones keep their order.</summary>
    private static void Order(List<int> codePoints)
    {
        for (var start = 0; start < codePoints.Count; start++)
        {
            if (Class(codePoints[start]) == 0)
                continue;
            var end = start + 1;
            while (end < codePoints.Count && Class(codePoints[end]) != 0)
                end++;
            if (end - start > 1)
            {
                var ordered = codePoints.GetRange(start, end - start).OrderBy(Class).ToList(); // OrderBy is stable
                for (var i = 0; i < ordered.Count; i++)
                    codePoints[start + i] = ordered[i];
            }

            start = end;
        }
    }

    /// <summary>Puts letters and marks together in place where a character for both is known.</summary>
    private static void Compose(List<int> codePoints)
    {
        var written = 0;
        var starter = -1;      // where the letter stands that marks can join
        var previousClass = 0; // of what was kept behind it
        for (var read = 0; read < codePoints.Count; read++)
        {
            var codePoint = codePoints[read];
            var combining = Class(codePoint);
            var isBlocked = starter < written - 1 && previousClass >= combining;
            if (starter >= 0 && !isBlocked && TryCompose(codePoints[starter], codePoint, out var composed))
            {
                codePoints[starter] = composed;
                continue;
            }

            if (combining == 0)
                starter = written;
            previousClass = combining;
            codePoints[written++] = codePoint;
        }

        codePoints.RemoveRange(written, codePoints.Count - written);
    }

    private static bool TryCompose(int first, int second, out int composed)
    {
        if (first - LeadBase is >= 0 and < Leads and var lead && second - VowelBase is >= 0 and < Vowels and var vowel)
        {
            composed = SyllableBase + (lead * Vowels + vowel) * Trails;
            return true;
        }

        if (first - SyllableBase is >= 0 and < Syllables and var syllable && syllable % Trails == 0
            && second - TrailBase is > 0 and < Trails and var trail)
        {
            composed = first + trail;
            return true;
        }

        return s_compositions.TryGetValue((first, second), out composed);
    }

    private static int Class(int codePoint) => s_classes.GetValueOrDefault(codePoint);

    /// <summary>A line of the table: <c>E9=65 301</c>, with <c>!</c> where the parts never compose, or <c>300-314 E6</c>.</summary>
    private static void Read(string line)
    {
        if (line.Split('=') is [var character, var decomposition])
        {
            var parts = decomposition.Split(' ').Select(Number).ToArray();
            var codePoint = Number(character.TrimEnd('!'));
            s_decompositions.Add(codePoint, parts);
            if (parts.Length == 2 && !character.EndsWith('!'))
                s_compositions.Add((parts[0], parts[1]), codePoint);
        }
        else if (line.Split('-', ' ') is [var first, var last, var combining])
        {
            for (var codePoint = Number(first); codePoint <= Number(last); codePoint++)
                s_classes.Add(codePoint, (byte)Number(combining));
        }
    }

    private static int Number(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
