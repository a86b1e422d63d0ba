using System.Text;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class StreamingDecoderTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("梓涵 and 😀, 👩‍👩‍👧 é")]
    public void The_pieces_are_whole_characters_and_together_the_text(string text)
    {
        var decoder = new StreamingDecoder(Bytes);
        var pieces = Encoding.UTF8.GetBytes(text).Select(value => decoder.Add(value)).ToList();
        Assert.Equal("", decoder.Flush());
        Assert.Equal(text, string.Concat(pieces));
        Assert.All(pieces, piece => Assert.True(piece.Length == 0 || piece.EnumerateRunes().Count() == 1));
        Assert.DoesNotContain(pieces, piece => piece.Contains('\uFFFD'));
    }

    [Fact]
    public void What_stays_unfinished_is_a_replacement_character_at_the_end()
    {
        var decoder = new StreamingDecoder(Bytes);
        Assert.Equal("", decoder.Add(0xE6) + decoder.Add(0xA2));
        Assert.Equal("\uFFFD", decoder.Flush());
        Assert.Equal("a", decoder.Add('a')); // usable again
        Assert.Equal("", decoder.Add(0xE6));
        Assert.Equal("\uFFFDa", decoder.Add('a'));
    }

    [Fact]
    public void Any_bytes_give_what_decoding_at_once_gives()
    {
        var random = new MersenneTwister(11);
        byte[] tricky = [0xED, 0xA0, 0xBD, 0xB8, 0x80, 0xF0, 0x9F, 0x98, 0xE4, 0xC3, 0x61, 0xFF];
        for (var i = 0; i < 20_000; i++)
        {
            var ids = new int[random.NextInt32(10)];
            for (var j = 0; j < ids.Length; j++)
                ids[j] = tricky[random.NextInt32(tricky.Length)];
            var decoder = new StreamingDecoder(Bytes);
            var pieces = ids.Select(id => decoder.Add(id)).ToList();
            Assert.Equal(Bytes.Decode(ids), string.Concat(pieces) + decoder.Flush());
        }
    }

    [Fact]
    public void The_halves_of_a_pair_that_come_apart_are_handed_out_together()
    {
        var decoder = new StreamingDecoder(Bytes);
        var pieces = ((byte[])[0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]).Select(value => decoder.Add(value)).ToList();
        Assert.Equal(["", "", "", "", "", "\ud83d\ude00"], pieces);
    }

    [Fact]
    public void Special_tokens_show_only_if_asked_for()
    {
        var end = RecordedTokenizers.Small.SpecialTokens["<|end|>"];
        Assert.Equal("", new StreamingDecoder(RecordedTokenizers.Small).Add(end));
        Assert.Equal("<|end|>", new StreamingDecoder(RecordedTokenizers.Small, withSpecial: true).Add(end));
    }

    [Fact]
    public void Words_on_both_sides_of_a_hidden_token_stay_apart()
    {
        var words = new WordPieceTokenizer(
            ["[UNK]", "[SEP]", "hello", "world", "##s", "."], new WordPieceOptions { AddedTokens = [new AddedToken(1, "[SEP]")] });
        int[] ids = [1, 2, 1, 1, 3, 4, 1, 4, 5, 1, 2];
        foreach (var withSpecial in (bool[])[false, true])
        {
            var decoder = new StreamingDecoder(words, withSpecial);
            Assert.Equal(words.Decode(ids, withSpecial), string.Concat(ids.Select(decoder.Add)) + decoder.Flush());
        }
    }

    /// <summary>A token for each byte, and nothing else.</summary>
    private static BpeTokenizer Bytes { get; } =
        new([.. Enumerable.Range(0, 256).Select(value => (byte[])[(byte)value])], [], new BpeOptions { Splitter = Splitter.Gpt2 });
}
