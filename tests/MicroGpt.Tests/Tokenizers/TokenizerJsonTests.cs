using System.Text;
using System.Text.Json;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class TokenizerJsonTests
{
    [Theory]
    [InlineData("plain", true)]
    [InlineData("quotes \" \\ and controls \0\u0001\n", true)]
    [InlineData("梓涵😀𠮷", true)]
    [InlineData("one endless text", false)]
    public void What_was_written_is_read_again(string text, bool bos)
    {
        var tokenizer = CharTokenizer.Train([text], bos);
        var read = (CharTokenizer)TokenizerJson.Read(TokenizerJson.Write(tokenizer));
        Assert.Equal(tokenizer.Characters, read.Characters);
        Assert.Equal(tokenizer.BosId, read.BosId);
    }

    [Fact]
    public void The_file_has_the_parts_that_the_tokenizers_library_asks_for()
    {
        using var json = JsonDocument.Parse(TokenizerJson.Write(CharTokenizer.Train(["ab"], bos: true)));
        var root = json.RootElement;
        Assert.Equal("1.0", root.GetProperty("version").GetString());
        Assert.Equal("WordLevel", root.GetProperty("model").GetProperty("type").GetString());
        Assert.Equal(1, root.GetProperty("model").GetProperty("vocab").GetProperty("b").GetInt32());
        var added = root.GetProperty("added_tokens")[0];
        Assert.Equal(2, added.GetProperty("id").GetInt32());
        Assert.True(added.GetProperty("special").GetBoolean());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"model\":3}")]
    [InlineData("{\"model\":{\"type\":null}}")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{}}}")]
    [InlineData("{\"added_tokens\":[],\"model\":{\"type\":\"WordLevel\",\"vocab\":{}}}")]
    [InlineData("{\"added_tokens\":[],\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":1}}}")]
    [InlineData("{\"added_tokens\":[],\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0,\"b\":0}}}")]
    [InlineData("{\"added_tokens\":[],\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"ab\":0}}}")]
    [InlineData("{\"added_tokens\":[],\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"\":0}}}")]
    [InlineData("{\"added_tokens\":[],\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0.5}}}")]
    [InlineData("{\"added_tokens\":[],\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"\\ud800\":0}}}")]
    [InlineData("{\"added_tokens\":null,\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0}}}")]
    [InlineData("{\"added_tokens\":[{\"content\":7}],\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0}}}")]
    public void A_file_that_is_not_ours_is_invalid_data(string json) =>
        Assert.Throws<InvalidDataException>(() => TokenizerJson.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_file_cut_short_anywhere_is_invalid_data()
    {
        var whole = TokenizerJson.Write(CharTokenizer.Train(["ab 梓"], bos: true));
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => TokenizerJson.Read(whole.AsMemory(0, length)));
    }
}
