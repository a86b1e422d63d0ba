using System.Text;
using System.Text.Json.Nodes;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class TokenizerFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_saved_tokenizer_is_read_again()
    {
        var small = RecordedTokenizers.WithOptions(RecordedTokenizers.Small, RecordedTokenizers.Small.Options with
        {
            AddedTokens =
            [
                .. RecordedTokenizers.Small.Options.AddedTokens,
                new AddedToken(1000, "<|im_start|>") { LeftStrip = true, SingleWord = true },
                new AddedToken(1001, "<think>") { Special = false, RightStrip = true, Normalized = true },
            ],
            Normalization = NormalizationForm.FormC,
            AddPrefixSpace = true,
            IgnoreMerges = true,
            BosToken = "<|im_start|>",
            EosToken = "<|end|>",
        });
        TokenizerFiles.Save(small, _folder.File("tokenizer"), "{{ messages }}");
        foreach (var path in (string[])["tokenizer", "tokenizer/tokenizer.json"])
        {
            var read = (BpeTokenizer)TokenizerFiles.Load(_folder.File(path));
            Assert.Equal(small.Options.AddedTokens, read.Options.AddedTokens);
            Assert.Equal(small.Options with { AddedTokens = [] }, read.Options with { AddedTokens = [] });
            Assert.Equal(small.Merges, read.Merges);
            Assert.Equal(RecordedTokenizers.Vocabulary(small), RecordedTokenizers.Vocabulary(read));
            Assert.Equal((1000, 0), (read.BosId, read.EosId));
            Assert.Equal("{{ messages }}", TokenizerFiles.LoadConfig(_folder.File(path)).ChatTemplate);
        }

        Assert.Equal(
            ["tokenizer.json", "tokenizer_config.json"],
            Directory.GetFiles(_folder.File("tokenizer")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    public static TheoryData<string> Cuts => ["hf gpt2", "hf digits", "hf nanochat", "hf cl100k", "hf o200k", "hf qwen"];

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Every_way_of_cutting_is_read_again(string name)
    {
        var tokenizer = RecordedTokenizers.Variant(name, RecordedTokenizers.Small);
        var read = (BpeTokenizer)TokenizerJson.Read(TokenizerJson.Write(tokenizer));
        Assert.Equal(tokenizer.Options.Splitter.Pattern, read.Options.Splitter.Pattern);
        Assert.Equal(tokenizer.Encode(RecordedTokenizers.Samples), read.Encode(RecordedTokenizers.Samples));
    }

    [Fact]
    public void The_published_tokenizer_is_read_with_its_names()
    {
        var path = TestFiles.DataSet("microgpt50m-tokenizer.json");
        File.Copy(path, _folder.File("tokenizer.json"));
        File.Copy(TestFiles.DataSet("microgpt50m-tokenizer_config.json"), _folder.File("tokenizer_config.json"));
        var tokenizer = TokenizerFiles.Load(_folder.Path);
        Assert.Equal((1, 2), (tokenizer.BosId, tokenizer.EosId));
        Assert.Equal(3, tokenizer.SpecialTokens.Count);
        Assert.Contains("<|im_start|>", TokenizerFiles.LoadConfig(_folder.Path).ChatTemplate!, StringComparison.Ordinal);
        Assert.Null(TokenizerFiles.LoadConfig(path).ChatTemplate); // no such file beside it

        // Written and read again it is the same.
        TokenizerFiles.Save(tokenizer, _folder.File("copy"));
        var copy = TokenizerFiles.Load(_folder.File("copy"));
        Assert.Equal((tokenizer.BosId, tokenizer.EosId, tokenizer.VocabularySize), (copy.BosId, copy.EosId, copy.VocabularySize));
        Assert.Equal(tokenizer.Encode(RecordedTokenizers.Samples), copy.Encode(RecordedTokenizers.Samples));
    }

    [Fact]
    public void Characters_are_saved_too()
    {
        TokenizerFiles.Save(CharTokenizer.Train(["abc"], bos: true), _folder.Path);
        var read = Assert.IsType<CharTokenizer>(TokenizerFiles.Load(_folder.Path));
        Assert.Equal(["a", "b", "c"], read.Characters);
        Assert.Equal(3, read.BosId);
    }

    [Fact]
    public void The_two_files_of_GPT2_are_read()
    {
        var small = RecordedTokenizers.Small;
        var names = Enumerable.Range(0, small.VocabularySize).Select(id => ByteLevelAlphabet.Encode(small.TokenBytes(id))).ToArray();
        names[0] = "<|endoftext|>";
        File.WriteAllText(_folder.File("vocab.json"), new JsonObject([.. names.Select((name, id) => KeyValuePair.Create(name, (JsonNode?)id))]).ToJsonString());
        File.WriteAllText(_folder.File("merges.txt"), "#version: 0.2\n" + string.Concat(small.Merges.Select(merge => $"{names[merge.Left]} {names[merge.Right]}\n")));
        foreach (var path in (string[])["", "vocab.json", "merges.txt"])
        {
            var tokenizer = TokenizerFiles.Load(Path.Combine(_folder.Path, path));
            Assert.Equal(small.Encode(RecordedTokenizers.Samples), tokenizer.Encode(RecordedTokenizers.Samples));
            Assert.Equal((0, 0), (tokenizer.BosId, tokenizer.EosId));
            Assert.Equal([0], tokenizer.Encode("<|endoftext|>", allowSpecial: true));
        }
    }

    [Fact]
    public void Ranks_are_read_with_special_tokens_and_holes()
    {
        var vocabulary = RecordedTokenizers.Vocabulary(RecordedTokenizers.Small)[1..];
        var path = _folder.File("mine.tiktoken");
        File.WriteAllLines(path, vocabulary.Select((bytes, rank) => $"{Convert.ToBase64String(bytes)} {rank}"));
        var tokenizer = TokenizerFiles.LoadTiktoken(path, Splitter.Gpt4, new Dictionary<string, int> { ["<|endoftext|>"] = 1000 });
        Assert.Equal(1001, tokenizer.VocabularySize);
        Assert.Equal(1000, tokenizer.BosId);
        Assert.Equal(999, tokenizer.SpecialTokens["<|reserved_999|>"]);
        Assert.Equal(
            RecordedTokenizers.Variant("tiktoken cl100k", RecordedTokenizers.Small).Encode(RecordedTokenizers.Samples),
            tokenizer.Encode(RecordedTokenizers.Samples));
        Assert.Contains("Rename the file", Assert.Throws<InvalidDataException>(() => TokenizerFiles.Load(path)).Message, StringComparison.Ordinal);

        TokenizerFiles.Save(tokenizer, _folder.File("saved"));
        var read = TokenizerFiles.Load(_folder.File("saved"));
        Assert.Equal(tokenizer.Encode(RecordedTokenizers.Samples), read.Encode(RecordedTokenizers.Samples));
        Assert.Equal(tokenizer.SpecialTokens.OrderBy(token => token.Value), read.SpecialTokens.OrderBy(token => token.Value));
    }

    [Theory]
    [InlineData("gpt2", 50256, 50257)]
    [InlineData("cl100k_base", 100256, 100277)]
    public void Published_ranks_are_known_by_name(string name, int ranks, int size)
    {
        // Made up tokens, as many as the published file has: 256 bytes, then pairs and triples.
        var lines = Enumerable.Range(0, ranks).Select(rank => rank < 256 ? [(byte)rank]
            : (byte[])(rank < 65_792 ? [(byte)((rank - 256) >> 8), (byte)rank] : [0xFF, (byte)(rank >> 16), (byte)(rank >> 8), (byte)rank]));
        File.WriteAllLines(_folder.File(name + ".tiktoken"), lines.Select((bytes, rank) => $"{Convert.ToBase64String(bytes)} {rank}"));
        var tokenizer = TokenizerFiles.Load(_folder.File(name + ".tiktoken"));
        Assert.Equal(size, tokenizer.VocabularySize);
        Assert.Equal("<|endoftext|>", tokenizer.TokenText(tokenizer.EosId!.Value));
    }

    [Theory]
    [InlineData("!!", "line 1 is not a token")]
    [InlineData("IQ==", "line 1 is not a token")]
    [InlineData("IQ== x", "line 1 is not a token")]
    [InlineData("IQ== -1", "line 1 is not a token")]
    [InlineData("IQ== 0\nIg== 0", "the rank 0, which came before")]
    [InlineData("IQ== 2000000000", "too many ranks without a token")]
    [InlineData("IQ== 0\nIQ== 1", "are the same")]
    [InlineData("IQ== 1000", "special token <|endoftext|> has the id 1000, which is another")]
    public void Damaged_ranks_are_refused(string content, string sentence)
    {
        File.WriteAllText(_folder.File("x.tiktoken"), content);
        Assert.Contains(
            sentence,
            Assert.Throws<InvalidDataException>(() => TokenizerFiles.LoadTiktoken(
                _folder.File("x.tiktoken"), Splitter.Gpt4, new Dictionary<string, int> { ["<|endoftext|>"] = 1000 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_templates_have_other_forms()
    {
        File.WriteAllBytes(_folder.File("tokenizer.json"), TokenizerJson.Write(RecordedTokenizers.Small));
        File.WriteAllText(_folder.File("tokenizer_config.json"), """
            {"eos_token":{"content":"<|end|>","lstrip":false},"pad_token":null,"unk_token":"<|end|>",
             "chat_template":[{"name":"tool_use","template":"no"},{"name":"default","template":"yes"}]}
            """);
        var tokenizer = TokenizerFiles.Load(_folder.Path);
        Assert.Equal((null, 0), (tokenizer.BosId, tokenizer.EosId));
        var config = TokenizerFiles.LoadConfig(_folder.Path);
        Assert.Equal(("yes", null, "<|end|>"), (config.ChatTemplate, config.PadToken, config.UnknownToken));
        File.WriteAllText(_folder.File("chat_template.jinja"), "file");
        Assert.Equal("file", TokenizerFiles.LoadConfig(_folder.Path).ChatTemplate);
    }

    [Fact]
    public void A_path_without_a_tokenizer_is_an_error_that_says_so()
    {
        Assert.Contains("holds no tokenizer", Assert.Throws<FileNotFoundException>(() => TokenizerFiles.Load(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("no such file or folder", Assert.Throws<FileNotFoundException>(() => TokenizerFiles.Load(_folder.File("none"))).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("tokenizer.json"), "{");
        Assert.Contains(_folder.File("tokenizer.json"), Assert.Throws<InvalidDataException>(() => TokenizerFiles.Load(_folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("tokenizer_config.json"), "[]");
        Assert.Contains("tokenizer_config.json", Assert.Throws<InvalidDataException>(() => TokenizerFiles.Load(_folder.Path)).Message, StringComparison.Ordinal);
    }
}
