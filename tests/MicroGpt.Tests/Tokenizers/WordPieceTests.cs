using System.Buffers;
using System.Text;
using System.Text.Json;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class WordPieceTests
{
    private static readonly JsonElement s_recorded = RecordedTraining.Read("word_piece");

    private static WordPieceTokenizer Tokenizer(WordPieceOptions? options = null) => new(
        s_recorded.GetProperty("vocabulary").Strings(),
        (options ?? new WordPieceOptions()) with
        {
            AddedTokens = [.. WordPieceOptions.BertSpecialTokens.Select((name, id) => new AddedToken(id, name))],
            BosToken = "[CLS]",
            EosToken = "[SEP]",
        });

    private static WordPieceTokenizer Learn(WordPieceTrainerOptions options, IEnumerable<ReadOnlyMemory<byte>> documents) =>
        new WordPieceTrainer(options).Train(documents, cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public void Words_are_those_of_Hugging_Faces_BertNormalizer_and_BertPreTokenizer() =>
        Assert.All(s_recorded.GetProperty("words").EnumerateArray(), recorded =>
        {
            var options = new WordPieceOptions
            {
                Lowercase = recorded.GetProperty("lowercase").GetBoolean(),
                StripAccents = recorded.GetProperty("strip_accents") is { ValueKind: not JsonValueKind.Null } strip ? strip.GetBoolean() : null,
                CleanText = recorded.GetProperty("clean_text").GetBoolean(),
                SplitChineseCharacters = recorded.GetProperty("handle_chinese_chars").GetBoolean(),
            };
            var text = new BertNormalizer(options).Normalize(recorded.GetProperty("text").GetString());
            var words = new List<string>();
            for (var end = 0; BertNormalizer.NextWord(text, ref end) is { IsEmpty: false } word;)
                words.Add(word.ToString());
            Assert.Equal(recorded.GetProperty("words").Strings(), words);
        });

    [Fact]
    public void Ids_and_decoded_texts_are_those_of_Hugging_Face() =>
        Assert.All(s_recorded.GetProperty("ids").EnumerateArray(), recorded =>
        {
            var ids = recorded.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            var text = recorded.GetProperty("text").GetString()!;
            var tokenizer = Tokenizer();
            Assert.Equal(ids, tokenizer.Encode(text));
            var fromUtf8 = new List<int>();
            tokenizer.EncodeUtf8(Encoding.UTF8.GetBytes(text), fromUtf8);
            Assert.Equal(ids, fromUtf8);
            // The unknown token is special here, and names it only where it is asked to.
            Assert.Equal(recorded.GetProperty("decoded").GetString(), tokenizer.Decode(ids, withSpecial: true));
        });

    [Fact]
    public void Special_tokens_come_from_text_only_where_they_are_allowed()
    {
        var tokenizer = Tokenizer();
        Assert.Equal((2, 3), (tokenizer.BosId!.Value, tokenizer.EosId!.Value));
        Assert.DoesNotContain(2, tokenizer.Encode("[CLS] the"));
        Assert.Equal([2, 9, 3], tokenizer.Encode("[CLS] The[SEP]", allowSpecial: true));
        Assert.Equal("the", tokenizer.Decode([2, 9, 3]));
        Assert.Equal("[CLS] the [SEP]", tokenizer.Decode([2, 9, 3], withSpecial: true));
        Assert.Equal("##aff", tokenizer.TokenText(6));
    }

    [Fact]
    public void Whatever_comes_is_encoded()
    {
        var tokenizer = Tokenizer();
        var random = new MersenneTwister(5);
        for (var round = 0; round < 300; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.NextInt32(60)).Select(_ => (char)random.NextInt32(0x10000))]); // lone surrogates, too
            tokenizer.Decode(tokenizer.Encode(text));
            byte[] bytes = [.. Enumerable.Range(0, random.NextInt32(60)).Select(_ => (byte)random.NextInt32(256))];
            tokenizer.EncodeUtf8(bytes, []);
        }

        Assert.Equal([1], tokenizer.Encode(new string('a', 1 << 20)));
    }

    [Fact]
    public void Streaming_gives_the_same_text()
    {
        var tokenizer = Tokenizer();
        int[] ids = [2, 9, 5, 6, 7, 17, 8, 1, 18, 3];
        var decoder = new StreamingDecoder(tokenizer, withSpecial: true);
        Assert.Equal(tokenizer.Decode(ids, withSpecial: true), string.Concat(ids.Select(decoder.Add)) + decoder.Flush());
    }

    [Fact]
    public void Files_keep_everything()
    {
        using var folder = new TemporaryFolder();
        var options = new WordPieceOptions { Lowercase = false, StripAccents = true, CleanText = false, SplitChineseCharacters = false, MaxWordLength = 7, CleanUpSpaces = false };
        var tokenizer = Tokenizer(options);
        TokenizerFiles.Save(tokenizer, folder.Path);
        var read = (WordPieceTokenizer)TokenizerFiles.Load(folder.Path);
        Assert.Equal(tokenizer.Vocabulary, read.Vocabulary);
        Assert.Equal(tokenizer.Options.AddedTokens, read.Options.AddedTokens);
        Assert.Equal(tokenizer.Options with { AddedTokens = [] }, read.Options with { AddedTokens = [] });
        Assert.Equal(tokenizer.SpecialTokens.OrderBy(token => token.Value), read.SpecialTokens.OrderBy(token => token.Value));
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"do_lower_case":false}""", false)]
    public void A_vocab_txt_is_read(string config, bool lowercase)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("vocab.txt"), Encoding.UTF8.GetString(VocabularyText.Write(Tokenizer())).ReplaceLineEndings("\r\n"));
        File.WriteAllText(folder.File("tokenizer_config.json"), config);
        foreach (var path in (string[])[folder.Path, folder.File("vocab.txt")])
        {
            var read = (WordPieceTokenizer)TokenizerFiles.Load(path);
            Assert.Equal(Tokenizer().Vocabulary, read.Vocabulary);
            Assert.Equal(lowercase, read.Options.Lowercase);
            Assert.Equal((2, 3), (read.BosId!.Value, read.EosId!.Value));
        }
    }

    [Theory]
    [InlineData("[UNK]\na\na\n", "lines 2 and 3")]
    [InlineData("[UNK]\n\na\n", "line 2 is empty")]
    [InlineData("a\nb\n", "no [UNK]")]
    [InlineData("", "[UNK]")]
    public void A_bad_vocab_txt_is_refused_with_the_line(string content, string expected)
    {
        var message = Assert.Throws<InvalidDataException>(() => VocabularyText.Read(Encoding.UTF8.GetBytes(content))).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Mutated_files_give_a_tokenizer_or_a_sentence(ulong seed)
    {
        var random = new MersenneTwister(seed);
        var (text, json) = (VocabularyText.Write(Tokenizer()), TokenizerJson.Write(Tokenizer()));
        for (var i = 0; i < 2000; i++)
        {
            Check(text, content => VocabularyText.Read(content.Span));
            Check(json, content => TokenizerJson.Read(content));
        }

        void Check(byte[] original, Action<ReadOnlyMemory<byte>> read)
        {
            var content = original.ToArray();
            for (var change = random.NextInt32(4); change >= 0; change--)
                content[random.NextInt32(content.Length)] = (byte)random.NextInt32(256);
            try
            {
                read(content.AsMemory(0, random.NextInt32(4) == 0 ? random.NextInt32(content.Length) : content.Length));
            }
            catch (InvalidDataException)
            {
                // a sentence, as it should be
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_trained_vocabulary_is_that_of_Hugging_Face(int index)
    {
        var recorded = RecordedTraining.WordPieceDataSets.ElementAt(index);
        var documents = RecordedTraining.DataSets(recorded.GetProperty("files"));
        var options = new WordPieceTrainerOptions
        {
            VocabularySize = recorded.GetProperty("size").GetInt32(),
            MinFrequency = recorded.GetProperty("min_frequency").GetInt32(),
            Tokenizer = new WordPieceOptions { Lowercase = recorded.GetProperty("lowercase").GetBoolean() },
        };
        var tokenizer = Learn(options, documents);
        Assert.Equal(recorded.GetProperty("sha256").GetString(), RecordedTraining.Sha256(tokenizer.Vocabulary.Order(new ByCodePoint())));
        Assert.Equal(tokenizer.Vocabulary, Learn(options with { Threads = 3 }, documents).Vocabulary);
    }

    [Fact]
    public void Training_learns_words_from_their_start_and_behind_it()
    {
        var texts = RecordedTraining.Documents(["Hug hugs hugging; pug, pugs! 船 船 船"]);
        var tokenizer = Learn(new WordPieceTrainerOptions { VocabularySize = 40 }, texts);
        Assert.Equal(WordPieceOptions.BertSpecialTokens, tokenizer.Vocabulary.Take(5));
        Assert.Contains("hug", tokenizer.Vocabulary);
        Assert.Contains("##ug", tokenizer.Vocabulary);
        Assert.Contains("船", tokenizer.Vocabulary);
        Assert.Equal("hugs pug 船", tokenizer.Decode(tokenizer.Encode("HUGS pug船")));
        Assert.Equal(6, Learn(new WordPieceTrainerOptions { VocabularySize = 40, LimitAlphabet = 1 }, texts).Vocabulary.Count(token => token.Length == 1 || token.StartsWith('[')));
    }

    [Fact]
    public void What_can_not_be_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new WordPieceTokenizer(["a"], new WordPieceOptions()));
        Assert.Throws<ArgumentException>(() => new WordPieceTokenizer(["[UNK]", "a", "a"], new WordPieceOptions()));
        Assert.Throws<ArgumentException>(() => new WordPieceTokenizer(["[UNK]"], new WordPieceOptions { BosToken = "[CLS]" }));
        Assert.Throws<ArgumentException>(() => new WordPieceTokenizer(["[UNK]"], new WordPieceOptions { AddedTokens = [new AddedToken(7, "x")] }));
        Assert.Throws<ArgumentException>(() => new WordPieceTrainer(new WordPieceTrainerOptions { VocabularySize = 5 }));
        Assert.Throws<ArgumentException>(() => new WordPieceTrainer(new WordPieceTrainerOptions { SpecialTokens = ["[CLS]", "[SEP]"] }));
        Assert.Throws<ArgumentException>(() => new WordPieceTrainer(new WordPieceTrainerOptions { LimitAlphabet = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer().Decode([1000]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer().DecodeUtf8([-1], new ArrayBufferWriter<byte>()));
    }

    /// <summary>As Python sorts strings.</summary>
    private sealed class ByCodePoint : IComparer<string>
    {
        public int Compare(string? x, string? y) => x!.EnumerateRunes().Select(rune => rune.Value).Zip(y!.EnumerateRunes().Select(rune => rune.Value))
            .Select(pair => pair.First.CompareTo(pair.Second)).FirstOrDefault(order => order != 0, x.Length.CompareTo(y.Length));
    }
}
