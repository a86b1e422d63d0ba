using System.Security.Cryptography;
using System.Text;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class UnicodeNormalizationTests
{
    [Theory]
    [InlineData("e\u0301", "\u00e9", "e\u0301")]
    [InlineData("\u00c5\u212b A\u030a", "\u00c5\u00c5 \u00c5", "A\u030aA\u030a A\u030a")]
    [InlineData("a\u0315\u0300\u05ae\u0300", "\u00e0\u05ae\u0300\u0315", "a\u05ae\u0300\u0300\u0315")]
    [InlineData("\u1112\u1161\u11ab", "\ud55c", "\u1112\u1161\u11ab")]
    [InlineData("\u0958", "\u0915\u093c", "\u0915\u093c")] // never composed
    [InlineData("\ud834\udd5e", "\ud834\udd57\ud834\udd65", "\ud834\udd57\ud834\udd65")]
    [InlineData("plain", "plain", "plain")]
    public void Known_cases(string text, string composed, string decomposed)
    {
        Assert.Equal(composed, UnicodeNormalization.Normalize(text, NormalizationForm.FormC));
        Assert.Equal(decomposed, UnicodeNormalization.Normalize(text, NormalizationForm.FormD));
    }

    [Fact]
    public void Halves_of_surrogate_pairs_stay() =>
        Assert.Equal("\ud800\u00e9\udc00", UnicodeNormalization.Normalize("\ud800e\u0301\udc00", NormalizationForm.FormC));

    [Theory]
    [InlineData("NFC", NormalizationForm.FormC)]
    [InlineData("NFD", NormalizationForm.FormD)]
    public void Every_character_and_many_marks_as_Python_has_them(string name, NormalizationForm form)
    {
        var text = RecordedTokenizers.EveryCharacter(new HashSet<int>()) + Marks();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(UnicodeNormalization.Normalize(text, form)));
        Assert.Equal(RecordedTokenizers.Recorded.GetProperty("normalized").GetProperty(name).GetString(), Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_stay()
    {
        byte[] text = [0xFF, .. "e\u0301"u8, 0xED, 0xA0, 0x80, (byte)'a', 0xE4, 0xB8];
        Assert.Equal([0xFF, .. "\u00e9"u8, 0xED, 0xA0, 0x80, (byte)'a', 0xE4, 0xB8], UnicodeNormalization.Normalize(text, NormalizationForm.FormC).ToArray());
    }

    /// <summary>Letters with many marks, as record.py draws them.</summary>
    private static string Marks()
    {
        var random = new MersenneTwister(2025);
        var marks = RecordedTokenizers.Numbers("marks");
        int[] letters = [0x61, 0x41, 0xE9, 0x1100, 0xAC00, 0xAC01, 0x1161, 0x11A8, 0x915, 0x308B, 0x1E9B];
        var text = new StringBuilder();
        for (var i = 0; i < 50_000; i++)
        {
            text.Append(char.ConvertFromUtf32(letters[random.NextInt32(letters.Length)]));
            for (var count = random.NextInt32(6); count > 0; count--)
                text.Append(char.ConvertFromUtf32(marks[random.NextInt32(marks.Length)]));
        }

        return text.ToString();
    }
}
