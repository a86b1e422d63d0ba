using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class CharTokenizerTests
{
    [Fact]
    public void Ids_are_the_sorted_distinct_characters()
    {
        var tokenizer = CharTokenizer.Train(["hello", "world"], bos: false);
        Assert.Equal(["d", "e", "h", "l", "o", "r", "w"], tokenizer.Characters);
        Assert.Equal(7, tokenizer.VocabularySize);
        Assert.Equal([2, 1, 3, 3, 4], tokenizer.Encode("hello"));
    }

    [Fact]
    public void The_start_of_documents_comes_last_and_decodes_to_nothing()
    {
        var tokenizer = CharTokenizer.Train(["ab"], bos: true);
        Assert.Equal(2, tokenizer.BosId);
        Assert.Equal(3, tokenizer.VocabularySize);
        Assert.Equal("ab", tokenizer.Decode([2, 0, 1, 2]));
    }

    [Fact]
    public void What_a_person_types_is_never_the_special_token()
    {
        var tokenizer = CharTokenizer.Train([CharTokenizer.BosToken], bos: true);
        Assert.DoesNotContain(tokenizer.BosId!.Value, tokenizer.Encode(CharTokenizer.BosToken));
    }

    [Fact]
    public void Without_documents_there_is_no_special_token() => Assert.Null(CharTokenizer.Train(["ab"], bos: false).BosId);

    [Theory]
    [InlineData("梓涵 雨桐")]
    [InlineData("smile 😀 and 𠮷, both beyond the first plane")]
    [InlineData("tab\tline\nreturn\r\n\u00a0\u2028")]
    [InlineData("e\u0301 é 👩‍👩‍👧")]
    public void Any_text_comes_back_as_it_was(string text)
    {
        var tokenizer = CharTokenizer.Train([text], bos: true);
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [Fact]
    public void A_character_beyond_the_first_plane_is_one_token()
    {
        var tokenizer = CharTokenizer.Train(["😀a"], bos: false);
        Assert.Equal(2, tokenizer.VocabularySize);
        Assert.Equal([1], tokenizer.Encode("😀"));
    }

    [Fact]
    public void Characters_are_sorted_by_code_point_not_by_UTF16_unit() =>
        Assert.Equal(["\uFFFD", "😀"], CharTokenizer.Train(["😀\uFFFD"], bos: false).Characters);

    [Theory]
    [InlineData("abz", "'z' (U+007A)")]
    [InlineData("a😀", "'😀' (U+1F600)")]
    [InlineData("a\nb", "U+000A")]
    public void An_unknown_character_is_named(string text, string named)
    {
        var error = Assert.Throws<ArgumentException>(() => CharTokenizer.Train(["ab"], bos: false).Encode(text));
        Assert.Contains($"The character {named} is not among the 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void An_id_outside_the_vocabulary_is_refused(int id) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CharTokenizer.Train(["ab"], bos: true).Decode([0, id]));

    [Fact]
    public void An_impossible_vocabulary_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new CharTokenizer([], bos: true));
        Assert.Throws<ArgumentException>(() => CharTokenizer.Train([""], bos: true));
        Assert.Throws<ArgumentException>(() => new CharTokenizer(['a', 'b', 'a'], bos: false));
        Assert.Throws<ArgumentException>(() => new CharTokenizer([0xD800], bos: false));
        Assert.Throws<ArgumentException>(() => new CharTokenizer([0x110000], bos: false));
    }
}
