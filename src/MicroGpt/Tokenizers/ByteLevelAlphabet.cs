using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// How files write byte strings as text: bytes that are a printable character of Latin-1 are that character, the others are the
/// characters from U+0100 on (openai/gpt-2, <c>encoder.py</c>, <c>bytes_to_unicode</c>). A space is Ġ, a line end Ċ.
/// </summary>
internal static class ByteLevelAlphabet
{
    private static readonly char[] s_characters = Characters();
    private static readonly short[] s_bytes = Bytes(); // by character, −1 where it stands for no byte

    /// <summary>The text of bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
            text.Append(s_characters[value]);
        return text.ToString();
    }

    /// <summary>The bytes of a text, or null where a character stands for none.</summary>
    public static byte[]? TryDecode(string text)
    {
        var bytes = new byte[text.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (text[i] >= s_bytes.Length || s_bytes[text[i]] < 0)
                return null;
            bytes[i] = (byte)s_bytes[text[i]];
        }

        return bytes;
    }

    private static char[] Characters()
    {
        var beyond = 0x100;
        return [.. Enumerable.Range(0, 256).Select(value =>
            (char)(value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? value : beyond++))];
    }

    private static short[] Bytes()
    {
        var bytes = new short[s_characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < s_characters.Length; value++)
            bytes[s_characters[value]] = (short)value;
        return bytes;
    }
}
