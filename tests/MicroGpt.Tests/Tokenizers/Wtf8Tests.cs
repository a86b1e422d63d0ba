using System.Text;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class Wtf8Tests
{
    [Fact]
    public void Every_string_comes_back()
    {
        var random = new MersenneTwister(5);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new char[random.NextInt32(8)];
            for (var j = 0; j < text.Length; j++)
                text[j] = (char)(random.NextInt32(2) == 0 ? 0xD800 + random.NextInt32(0x800) : random.NextInt32(0x10000));
            Assert.Equal(text, Wtf8.Decode(Wtf8.Encode(text)).ToCharArray());
        }
    }

    [Fact]
    public void What_is_text_is_UTF8()
    {
        const string Text = "a é 梓 😀 \0";
        Assert.Equal(Encoding.UTF8.GetBytes(Text), Wtf8.Encode(Text));
    }

    [Fact]
    public void A_lone_half_has_three_bytes() => Assert.Equal([0xED, 0xA0, 0xBD, (byte)'a'], Wtf8.Encode("\ud83da"));

    [Theory]
    [InlineData(new byte[] { 0xFF, 0x61 })]
    [InlineData(new byte[] { 0xE4, 0xB8, 0x61, 0xC3 })]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0xF0, 0x9F })]
    [InlineData(new byte[] { 0xC0, 0x80, 0xF5, 0x80, 0x80, 0x80 })]
    public void Other_bytes_decode_as_dotnet_has_it(byte[] bytes) => Assert.Equal(Encoding.UTF8.GetString(bytes), Wtf8.Decode(bytes));
}
