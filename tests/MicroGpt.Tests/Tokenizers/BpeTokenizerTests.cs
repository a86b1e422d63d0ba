using System.Buffers;
using System.Diagnostics;
using System.Text;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class BpeTokenizerTests
{
    private static readonly BpeTokenizer s_small = RecordedTokenizers.Small;

    public static TheoryData<string> Kinds => ["hf gpt2", "hf cl100k", "hf o200k", "hf digits", "tiktoken nanochat"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_string_comes_back(string kind)
    {
        var tokenizer = RecordedTokenizers.Variant(kind, s_small);
        var random = new MersenneTwister(7);
        for (var i = 0; i < 3000; i++)
        {
            var text = RandomText(random);
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, allowSpecial: true), withSpecial: true));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void All_bytes_come_back(string kind)
    {
        var tokenizer = RecordedTokenizers.Variant(kind, s_small);
        var random = new MersenneTwister(8);
        for (var i = 0; i < 1000; i++)
        {
            var bytes = new byte[random.NextInt32(60)];
            for (var j = 0; j < bytes.Length; j++)
                bytes[j] = (byte)random.NextInt32(256);
            var ids = new List<int>();
            tokenizer.EncodeUtf8(bytes, ids);
            var decoded = new ArrayBufferWriter<byte>();
            tokenizer.DecodeUtf8([.. ids], decoded);
            Assert.Equal(bytes, decoded.WrittenSpan.ToArray());
        }
    }

    public static TheoryData<string> Adversaries => ["a", "ab", "the", " ", "\n", "1", "!", "'", "中", "\0", "e\u0301", " a", "\n ", "aB"];

    [Theory]
    [MemberData(nameof(Adversaries))]
    public void Long_texts_of_one_kind_take_a_time_that_grows_with_their_length(string unit)
    {
        foreach (var tokenizer in (BpeTokenizer[])[s_small, RecordedTokenizers.Variant("hf o200k", s_small)])
        {
            var text = string.Concat(Enumerable.Repeat(unit, 100_000 / unit.Length));
            var start = Stopwatch.GetTimestamp();
            var ids = tokenizer.Encode(text);
            // What grows with the square of the length takes minutes; this takes some hundredths of a second.
            Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
            Assert.Equal(text, tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void A_special_token_in_a_text_is_text_unless_allowed()
    {
        Assert.DoesNotContain(s_small.SpecialTokens["<|end|>"], s_small.Encode("a<|end|>b"));
        Assert.Contains(s_small.SpecialTokens["<|end|>"], s_small.Encode("a<|end|>b", allowSpecial: true));
        var ids = new List<int>();
        s_small.EncodeUtf8("<|end|>"u8, ids);
        Assert.Equal(s_small.Encode("<|end|>"), ids);
        Assert.Equal("ab", s_small.Decode(s_small.Encode("a<|end|>b", allowSpecial: true)));
        Assert.Equal("a<|end|>b", s_small.Decode(s_small.Encode("a<|end|>b", allowSpecial: true), withSpecial: true));
    }

    [Fact]
    public void Many_threads_use_one_tokenizer()
    {
        var texts = RecordedTokenizers.DrawnTexts().Take(500).ToArray();
        var expected = Array.ConvertAll(texts, text => s_small.Encode(text));
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < texts.Length; i++)
                Assert.Equal(expected[i], s_small.Encode(texts[i]));
        });
    }

    [Fact]
    public void Tokens_to_look_at()
    {
        Assert.Equal("<|end|>", s_small.TokenText(s_small.SpecialTokens["<|end|>"]));
        Assert.Equal(" the", s_small.TokenText(s_small.Encode(" the").Single()));
        Assert.Equal("\\xFF", s_small.TokenText(Enumerable.Range(0, 300).Single(id => s_small.TokenBytes(id).SequenceEqual([(byte)0xFF]))));
    }

    [Fact]
    public void A_piece_that_is_a_token_is_merged_only_without_ignore_merges()
    {
        byte[][] vocabulary = ["a"u8.ToArray(), "b"u8.ToArray(), "c"u8.ToArray(), "ab"u8.ToArray(), "bc"u8.ToArray(), "abc"u8.ToArray()];
        (int, int)[] merges = [(1, 2), (0, 1), (3, 2)];
        var options = new BpeOptions { Splitter = Splitter.Gpt2 };
        Assert.Equal([0, 4], new BpeTokenizer(vocabulary, merges, options).Encode("abc"));
        Assert.Equal([5], new BpeTokenizer(vocabulary, merges, options with { IgnoreMerges = true }).Encode("abc"));
        Assert.Equal([5], BpeTokenizer.FromRanks(vocabulary, options).Encode("abc"));
        Assert.Equal([3, 3], BpeTokenizer.FromRanks(vocabulary, options).Encode("abab"));
    }

    [Fact]
    public void A_byte_without_a_token_is_named()
    {
        var tokenizer = new BpeTokenizer(["a"u8.ToArray()], [], new BpeOptions { Splitter = Splitter.Gpt2 });
        Assert.Contains("0x62", Assert.Throws<ArgumentException>(() => tokenizer.Encode("ab")).Message, StringComparison.Ordinal);
        Assert.Equal([0, 0], tokenizer.Encode("aa"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public void An_id_outside_the_vocabulary_is_refused(int id)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => s_small.Decode([id]));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_small.DecodeUtf8([id], new ArrayBufferWriter<byte>()));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_small.TokenText(id));
    }

    [Fact]
    public void Parts_that_dont_fit_together_are_refused()
    {
        byte[][] vocabulary = ["a"u8.ToArray(), "b"u8.ToArray(), "ab"u8.ToArray()];
        Refused("is empty", [[]], []);
        Refused("are the same", ["a"u8.ToArray(), "a"u8.ToArray()], []);
        Refused("vocabulary has 0 to 2", vocabulary, [(0, 3)]);
        Refused("vocabulary has 0 to 2", vocabulary, [(-1, 0)]);
        Refused("\"ba\", which is not in the vocabulary", vocabulary, [(1, 0)]);
        Refused("comes twice", vocabulary, [(0, 1), (0, 1)]);
        Refused("the ids are 0 to 3", vocabulary, [], new AddedToken(7, "<x>"));
        Refused("have the same id", vocabulary, [], new AddedToken(3, "<x>"), new AddedToken(3, "<y>"));
        Refused("comes twice", vocabulary, [], new AddedToken(3, "<x>"), new AddedToken(4, "<x>"));
        Refused("has no name", vocabulary, [], new AddedToken(3, ""));
        Assert.Throws<ArgumentException>(() => new BpeTokenizer(vocabulary, [], new BpeOptions { Splitter = Splitter.Gpt2, BosToken = "<none>" }));

        static void Refused(string sentence, byte[][] vocabulary, (int, int)[] merges, params AddedToken[] added) =>
            Assert.Contains(
                sentence,
                Assert.Throws<ArgumentException>(() => new BpeTokenizer(vocabulary, merges, new BpeOptions { Splitter = Splitter.Gpt2, AddedTokens = added })).Message,
                StringComparison.Ordinal);
    }

    /// <summary>Letters, marks, emoji, controls, halves of surrogate pairs, anything.</summary>
    private static string RandomText(MersenneTwister random)
    {
        var text = new StringBuilder();
        for (var count = random.NextInt32(30); count > 0; count--)
            text.Append(random.NextInt32(6) switch
            {
                0 => (char)random.NextInt32(0x80),
                1 => (char)random.NextInt32(0x10000),
                2 => (char)(0xD800 + random.NextInt32(0x800)),
                3 => (char)(0x4E00 + random.NextInt32(0x1000)),
                4 => "\U0001F600\u0301\0<|end|>\u200D"[random.NextInt32(12)],
                _ => " \n'aB1"[random.NextInt32(6)],
            });
        return text.ToString();
    }
}
