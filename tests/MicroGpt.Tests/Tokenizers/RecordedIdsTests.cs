using MicroGpt.Tokenizers;
using static MicroGpt.Tests.Tokenizers.RecordedTokenizers;

namespace MicroGpt.Tests.Tokenizers;

/// <summary>Ids equal those of Hugging Face tokenizers and tiktoken, one by one.</summary>
public sealed class RecordedIdsTests
{
    public static TheoryData<string> Variants => [.. Recorded.GetProperty("variants").EnumerateObject().Select(variant => variant.Name)];

    // "hf gpt2 tinyshakespeare.txt" is one of those of "hf gpt2".
    public static TheoryData<string> PublishedVariants =>
        [.. Recorded.GetProperty("data").EnumerateObject().Select(data => data.Name[..data.Name.LastIndexOf(' ')]).Distinct()];

    private static readonly Lazy<BpeTokenizer> s_published =
        new(() => (BpeTokenizer)TokenizerFiles.Load(TestFiles.DataSet("microgpt50m-tokenizer.json")));

    [Theory]
    [MemberData(nameof(Variants))]
    public void Small_vocabulary(string name)
    {
        var tokenizer = Variant(name, Small);
        var recorded = Recorded.GetProperty("variants").GetProperty(name);
        AssertRecorded(recorded.GetProperty("samples"), tokenizer.Encode(Samples), "samples.txt");
        AssertRecorded(recorded.GetProperty("drawn"), DrawnTexts().SelectMany(text => tokenizer.Encode(text)), "drawn texts");
        HashSet<int> newer = [.. tokenizer.Options.Normalization is null ? [] : Numbers("unlike_unicode")];
        AssertRecorded(recorded.GetProperty("characters"), tokenizer.Encode(EveryCharacter(newer)), "every character");
    }

    [Fact]
    public void The_first_ids_of_the_samples() =>
        Assert.Equal(
            Recorded.GetProperty("first").GetProperty("hf gpt2").EnumerateArray().Select(id => id.GetInt32()),
            Small.Encode(Samples).Take(200));

    [Theory]
    [MemberData(nameof(PublishedVariants))]
    public void Published_vocabulary(string name)
    {
        TestFiles.DataSet("microgpt50m-tokenizer.json"); // or skipped
        var tokenizer = Variant(name, s_published.Value);
        foreach (var file in (string[])["wikitext2-valid.txt", "wikitext2-test.txt", "tinyshakespeare.txt"])
        {
            var text = File.ReadAllText(TestFiles.DataSet(file));
            AssertRecorded(Recorded.GetProperty("data").GetProperty($"{name} {file}"), tokenizer.Encode(text), file);
        }
    }

    [Fact]
    public void Added_tokens_with_every_flag()
    {
        var added = Recorded.GetProperty("added");
        var tokenizer = WithOptions(Small, Small.Options with
        {
            AddedTokens = JsonParts.ReadAddedTokens(added),
            Normalization = System.Text.NormalizationForm.FormC,
        });
        foreach (var recorded in added.GetProperty("cases").EnumerateArray())
        {
            var text = recorded.GetProperty("text").GetString()!;
            var allowed = Numbers("allowed");
            Assert.Equal((text, string.Join(' ', allowed)), (text, string.Join(' ', tokenizer.Encode(text, allowSpecial: true))));
            Assert.Equal((text, string.Join(' ', Numbers("ids"))), (text, string.Join(' ', tokenizer.Encode(text))));
            if (text.Contains("caf", StringComparison.Ordinal))
                continue; // their decoder takes the é of an added token for a byte
            Assert.Equal(recorded.GetProperty("decoded").GetString(), tokenizer.Decode(allowed, withSpecial: true));
            Assert.Equal(recorded.GetProperty("skipped").GetString(), tokenizer.Decode(allowed));

            int[] Numbers(string name) => [.. recorded.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
        }
    }
}
