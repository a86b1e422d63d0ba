using System.Text;

namespace MicroGpt.Tokenizers;

internal static class UnicodeNormalization
{
    public static string Normalize(string text, NormalizationForm form) => throw new NotImplementedException();
    public static ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> utf8, NormalizationForm form) => throw new NotImplementedException();
}
