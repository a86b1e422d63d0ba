using System.Text;
using System.Text.Json.Nodes;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

/// <summary>What a <c>tokenizer.json</c> of BPE may hold, and what is refused by a sentence.</summary>
public sealed class BpeJsonTests
{
    private static readonly BpeTokenizer s_small = RecordedTokenizers.Small;
    private static readonly byte[] s_content = TokenizerJson.Write(s_small);

    [Fact]
    public void Merges_may_be_single_texts()
    {
        var read = Read(root =>
        {
            var merges = root["model"]!["merges"]!.AsArray();
            root["model"]!["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)$"{merge![0]} {merge[1]}")]);
        });
        Assert.Equal(s_small.Merges, read.Merges);
    }

    [Theory]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true}""", false, "'s|'t|")]
    [InlineData("""{"type":"ByteLevel","use_regex":true}""", true, "'s|'t|")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}]}""", false, "'s|'t|")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}]}""", false, "'s|'t|")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"[a-z]+|."},"behavior":"Isolated","invert":false},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}""", false, "[a-z]+|.")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"[a-z]+|."},"behavior":"Removed","invert":true},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}""", false, "[a-z]+|.")]
    public void Ways_of_cutting(string preTokenizer, bool addPrefixSpace, string pattern)
    {
        var read = Read(root => root["pre_tokenizer"] = JsonNode.Parse(preTokenizer));
        Assert.Equal(addPrefixSpace, read.Options.AddPrefixSpace);
        Assert.StartsWith(pattern, read.Options.Splitter.Pattern, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"normalizer":{"type":"NFC"}}""")]
    [InlineData("""{"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"}]}}""")]
    [InlineData("""{"normalizer":{"type":"Sequence","normalizers":[]}}""")]
    [InlineData("""{"post_processor":{"type":"TemplateProcessing","single":[]}}""")]
    [InlineData("""{"decoder":null}""")]
    [InlineData("""{"model":{"dropout":0}}""")]
    [InlineData("""{"model":{"type":null}}""")]
    [InlineData("""{"model":{"unk_token":"<|end|>"}}""")]
    public void Forms_that_are_read(string change) => Assert.Equal(s_small.VocabularySize, Read(root => Merge(root, JsonNode.Parse(change)!)).VocabularySize);

    [Theory]
    [InlineData("""{"pre_tokenizer":null}""", "it has no pre_tokenizer")]
    [InlineData("""{"pre_tokenizer":{"type":"Metaspace"}}""", "its pre_tokenizer is Metaspace")]
    [InlineData("""{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Whitespace"},{"type":"ByteLevel"}]}}""", "its pre_tokenizer is Whitespace and ByteLevel")]
    [InlineData("""{"pre_tokenizer":{"type":"ByteLevel","use_regex":false}}""", "without use_regex")]
    [InlineData("""{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":false},{"type":"ByteLevel"}]}}""", "Digits one by one")]
    [InlineData("""{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"String":" "},"behavior":"Isolated"},{"type":"ByteLevel","use_regex":false}]}}""", "splits at a fixed text")]
    [InlineData("""{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"a|."},"behavior":"MergedWithNext"},{"type":"ByteLevel","use_regex":false}]}}""", "the behavior MergedWithNext")]
    [InlineData("""{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\p{N}{1,3}+|."},"behavior":"Isolated"},{"type":"ByteLevel","use_regex":false}]}}""", "Write it without the +")]
    [InlineData("""{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\p{Han}"},"behavior":"Isolated"},{"type":"ByteLevel","use_regex":false}]}}""", "no general category")]
    [InlineData("""{"normalizer":{"type":"NFKC"}}""", "its normalizer is NFKC")]
    [InlineData("""{"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Lowercase"}]}}""", "Sequence of several")]
    [InlineData("""{"decoder":{"type":"Metaspace"}}""", "its decoder is Metaspace")]
    [InlineData("""{"model":{"byte_fallback":true}}""", "byte_fallback")]
    [InlineData("""{"model":{"dropout":0.1}}""", "dropout")]
    [InlineData("""{"model":{"continuing_subword_prefix":"##"}}""", "continuing_subword_prefix")]
    [InlineData("""{"model":{"end_of_word_suffix":"</w>"}}""", "end_of_word_suffix")]
    [InlineData("""{"model":{"type":"Unigram"}}""", "it holds a Unigram model")]
    [InlineData("""{"model":{"vocab":{}}}""", "its vocabulary is empty")]
    [InlineData("""{"model":{"vocab":{"a":0,"b":5}}}""", "without a hole")]
    [InlineData("""{"model":{"vocab":{"a":1,"b":-1}}}""", "without a hole")]
    [InlineData("""{"model":{"vocab":{"a":1,"b":1}}}""", "have the same id, 1")]
    [InlineData("""{"model":{"vocab":{"<|end|>":1,"b":0}}}""", "but 0 among the added tokens")]
    [InlineData("""{"model":{"vocab":{"中":1}}}""", "not written in the byte-level alphabet")]
    [InlineData("""{"model":{"vocab":{"":1},"merges":[]}}""", "is empty")]
    [InlineData("""{"model":{"vocab":{"a":0.5}}}""", "is not a tokenizer.json")]
    [InlineData("""{"model":{"vocab":{"a":99999999999}}}""", "is not a tokenizer.json")]
    [InlineData("""{"model":{"merges":[["x","!!"]]}}""", "\"!!\", which is not in the vocabulary")]
    [InlineData("""{"model":{"merges":[["!","!"]]}}""", "\"!!\", which is not in the vocabulary")]
    [InlineData("""{"model":{"merges":["! ! !"]}}""", "merge 0 has 3 parts")]
    [InlineData("""{"model":{"merges":[["!"]]}}""", "merge 0 has 1 parts")]
    [InlineData("""{"model":{"merges":[7]}}""", "is not a tokenizer.json")]
    [InlineData("""{"model":{"merges":null}}""", "is not a tokenizer.json")]
    [InlineData("""{"added_tokens":[{"id":-1,"content":"<x>"}]}""", "without a hole")]
    [InlineData("""{"added_tokens":[{"id":0,"content":"<|end|>"},{"id":0,"content":"<|end|>"}]}""", "have the same id")]
    [InlineData("""{"added_tokens":[{"id":0,"content":"<|end|>"},{"id":1000,"content":null}]}""", "has no content")]
    public void What_cant_be_followed_is_named(string change, string sentence) =>
        Assert.Contains(
            sentence,
            Assert.Throws<InvalidDataException>(() => Read(root => Merge(root, JsonNode.Parse(change)!))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_token_that_comes_twice_is_named()
    {
        var text = Encoding.UTF8.GetString(s_content).Replace("\"vocab\": {", "\"vocab\": { \"!\": 7,", StringComparison.Ordinal);
        Assert.Contains(
            "\"!\" is in the vocabulary twice",
            Assert.Throws<InvalidDataException>(() => TokenizerJson.Read(Encoding.UTF8.GetBytes(text))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Json_nested_without_end_is_refused() =>
        Assert.Throws<InvalidDataException>(() => TokenizerJson.Read(Encoding.UTF8.GetBytes("{\"model\":" + new string('[', 1_000_000))));

    private static BpeTokenizer Read(Action<JsonObject> change)
    {
        var root = JsonNode.Parse(s_content)!.AsObject();
        change(root);
        return (BpeTokenizer)TokenizerJson.Read(Encoding.UTF8.GetBytes(root.ToJsonString()));
    }

    /// <summary>Replaces what stands in the change; of the model only its parts.</summary>
    private static void Merge(JsonObject root, JsonNode change)
    {
        foreach (var (name, value) in change.AsObject())
        {
            if (name == "model")
                Merge(root[name]!.AsObject(), value!);
            else
                root[name] = value?.DeepClone();
        }
    }
}
