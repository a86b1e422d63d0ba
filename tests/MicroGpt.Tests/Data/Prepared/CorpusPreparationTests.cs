using System.Text;
using MicroGpt.Data;
using MicroGpt.Data.Documents;
using MicroGpt.Data.Prepared;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Data.Prepared;

public sealed class CorpusPreparationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Documents_stay_apart_and_begin_with_their_token()
    {
        var texts = Texts(50);
        var file = Prepare("data", texts, new PreparationOptions { ValidationFraction = 0.2 });
        using var corpus = PreparedCorpus.Open(_folder.File("data"));
        var tokens = corpus.Tokens(BatchKind.Packed, seed: 1);
        Assert.Equal(texts.Order(StringComparer.Ordinal), Decode(tokens.Train).Concat(Decode(tokens.Validation)).Order(StringComparer.Ordinal));
        Assert.Equal(50, file.Train.Documents + file.Validation.Documents);
        Assert.InRange(file.Validation.Documents, 3, 20);
        Assert.Equal(texts.Sum(text => Encoding.UTF8.GetByteCount(text)), file.Train.Bytes + file.Validation.Bytes);
        Assert.Equal(file.Train.Tokens + file.Validation.Tokens, texts.Sum(text => text.Length + 1));
        Assert.Equal(file.Train.Documents, file.Train.Lengths.Sum());
        Assert.Equal(CharTokenizer.BosToken, corpus.Tokenizer.TokenText(file.StartId!.Value));
        corpus.Verify(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_template_that_came_with_the_tokenizer_stays_with_it_but_for_one_that_is_chosen()
    {
        Prepare("texts", Texts(20), new PreparationOptions { TokenizerChatTemplate = "{{ own }}" });
        using var texts = PreparedCorpus.Open(_folder.File("texts"));
        Assert.Equal("{{ own }}", texts.ChatTemplate);
        Prepare("none", Texts(20), new PreparationOptions());
        using var none = PreparedCorpus.Open(_folder.File("none"));
        Assert.Null(none.ChatTemplate);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void The_files_are_the_same_for_any_number_of_threads(int threads)
    {
        var texts = Texts(3000);
        Prepare("one", texts, new PreparationOptions { ShardTokens = 5000, Threads = 1 });
        Prepare("more", texts, new PreparationOptions { ShardTokens = 5000, Threads = threads });
        AssertSame(_folder.File("one"), _folder.File("more"));
        using var corpus = PreparedCorpus.Open(_folder.File("one"));
        Assert.All(corpus.Description.Train.Shards.SkipLast(1), shard => Assert.InRange(shard.Tokens, 4000, 5000));
        Assert.Equal(texts, Decode(corpus.Tokens(BatchKind.Windows, 1).Train).Concat(Decode(corpus.Tokens(BatchKind.Windows, 1).Validation)).OrderBy(Number));
    }

    [Fact]
    public void What_is_held_back_depends_on_the_text_and_the_seed_alone()
    {
        var texts = Texts(300);
        var held = Held(texts, seed: 1);
        Assert.InRange(held.Length, 15, 50);
        Assert.Equal(held.Order(StringComparer.Ordinal), Held(texts.Reverse(), seed: 1).Order(StringComparer.Ordinal));
        Assert.Equal(held.Where(text => Number(text) < 100), Held(texts.Take(100), seed: 1));
        Assert.NotEqual(held, Held(texts, seed: 2));
        // Equal documents are on the same side.
        Assert.All(Held(texts.Concat(texts), seed: 1).CountBy(text => text), pair => Assert.Equal(2, pair.Value));

        string[] Held(IEnumerable<string> texts, ulong seed)
        {
            var name = Guid.NewGuid().ToString();
            Prepare(name, texts, new PreparationOptions { ValidationFraction = 0.1, Seed = seed });
            using var corpus = PreparedCorpus.Open(_folder.File(name));
            return [.. Decode(corpus.Tokens(BatchKind.Windows, 1).Validation)];
        }
    }

    [Fact]
    public void Of_long_texts_the_ends_are_held_back()
    {
        var file = Prepare("data", ["0123456789", "abcdefghijklmnopqrst", "x"], new PreparationOptions { ValidationFraction = 0.2, HeldBack = HeldBack.Ends });
        using var corpus = PreparedCorpus.Open(_folder.File("data"));
        var tokens = corpus.Tokens(BatchKind.Documents, 1);
        Assert.Equal(["01234567", "abcdefghijklmnop", "x"], Decode(tokens.Train));
        Assert.Equal(["89", "qrst"], Decode(tokens.Validation));
        Assert.Equal(31, file.Train.Bytes + file.Validation.Bytes);
    }

    [Fact]
    public void Of_conversations_the_answers_are_learned_and_of_texts_everything()
    {
        var tokenizer = Bytes(new NanochatTemplate().SpecialTokens);
        var conversation = new Conversation([new Message("user", "1+1?"), new Message("assistant", "2<|bos|>")]);
        Document[] documents = [new(conversation, "x.jsonl", 1), new(Encoding.UTF8.GetBytes("hi"), "x.txt", 1)];
        new CorpusPreparation(tokenizer, new PreparationOptions { ChatTemplate = new NanochatTemplate(), ValidationFraction = 0 })
            .Run(documents, _folder.File("data"), cancellation: TestContext.Current.CancellationToken);
        using var corpus = PreparedCorpus.Open(_folder.File("data"));
        var train = corpus.Tokens(BatchKind.Packed, 1).Train;
        var (ids, mask) = new NanochatTemplate().Encode(conversation, tokenizer);
        int[] expected = [.. ids, tokenizer.BosId!.Value, 'h', 'i'];
        var (tokens, learned) = (new int[train.TokenCount], new bool[train.TokenCount]);
        train.Read(0, tokens);
        train.ReadMask(0, learned);
        Assert.Equal(expected, tokens);
        Assert.Equal([.. mask, true, true, true], learned);
        Assert.Equal(new NanochatTemplate().Jinja, TokenizerFiles.LoadConfig(_folder.File("data")).ChatTemplate);
        Assert.Equal("nanochat", corpus.Description.ChatTemplate);
    }

    [Fact]
    public void For_pretraining_conversations_are_learned_whole()
    {
        var tokenizer = Bytes(new NanochatTemplate().SpecialTokens);
        var conversation = new Conversation([new Message("user", "1+1?"), new Message("assistant", "2")]);
        new CorpusPreparation(tokenizer, new PreparationOptions { ChatTemplate = new NanochatTemplate(), LearnAll = true, ValidationFraction = 0 })
            .Run([new(conversation, "x.jsonl", 1)], _folder.File("data"), cancellation: TestContext.Current.CancellationToken);
        using var corpus = PreparedCorpus.Open(_folder.File("data"));
        var train = corpus.Tokens(BatchKind.Packed, 1).Train;
        var tokens = new int[train.TokenCount];
        train.Read(0, tokens);
        Assert.Equal(new NanochatTemplate().Encode(conversation, tokenizer).Ids, tokens);
        Assert.False(train.HasMask);
        Assert.Equal("nanochat", corpus.Description.ChatTemplate);
    }

    [Fact]
    public void What_can_not_be_expressed_ends_it_or_is_counted()
    {
        Document[] documents =
            [Text("abc", 1), Text("aéc", 2), new(new Conversation([new Message("user", "a"), new Message("assistant", "b")]), "chat.jsonl", 7), Text("cba", 4)];
        var tokenizer = CharTokenizer.Train(["abc"], bos: true);
        var error = Assert.Throws<InvalidDataException>(() => Run(tokenizer, documents, new PreparationOptions()));
        Assert.StartsWith("x.txt: document at 2: The character 'é' (U+00E9) is not among the 3", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        error = Assert.Throws<InvalidDataException>(() => Run(tokenizer, documents[2..], new PreparationOptions()));
        Assert.StartsWith("chat.jsonl: document at 7: This is a conversation; say how conversations are written: --chat-template", error.Message, StringComparison.Ordinal);

        var preparation = new CorpusPreparation(tokenizer, new PreparationOptions { SkipBad = true, ValidationFraction = 0 });
        var file = preparation.Run(documents, _folder.File("data"), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((2, 2), (file.SkippedDocuments, preparation.Skipped));
        Assert.Equal(2, preparation.Problems.Count);
        using var corpus = PreparedCorpus.Open(_folder.File("data"));
        Assert.Equal(["abc", "cba"], Decode(corpus.Tokens(BatchKind.Windows, 1).Train, tokenizer));
    }

    [Fact]
    public void Nothing_is_left_of_what_was_cancelled_or_failed()
    {
        using var source = new CancellationTokenSource();
        IEnumerable<Document> Documents(Action at)
        {
            for (var i = 1; i <= 5000; i++)
            {
                if (i == 4000)
                    at();
                yield return Text($"number {i}", i);
            }
        }

        var preparation = new CorpusPreparation(Tokenizer, new PreparationOptions { ShardTokens = 1000, Threads = 2 });
        Assert.ThrowsAny<OperationCanceledException>(() => preparation.Run(Documents(source.Cancel), _folder.File("data"), cancellation: source.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        Assert.Throws<InvalidDataException>(() => preparation.Run(
            Documents(() => throw new InvalidDataException("damaged")), _folder.File("data"), cancellation: TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void What_is_in_the_place_stays_unless_it_is_to_be_replaced()
    {
        Prepare("data", ["aaa"], new PreparationOptions { ValidationFraction = 0 });
        var before = File.ReadAllBytes(_folder.File("data/train-00000.bin"));
        var error = Assert.Throws<IOException>(() => Prepare("data", ["bbb"], new PreparationOptions()));
        Assert.Contains("already holds prepared data. Replace it (--overwrite)", error.Message, StringComparison.Ordinal);
        var overwrite = new PreparationOptions { ValidationFraction = 0, Overwrite = true };
        Assert.Throws<InvalidDataException>(() => Prepare("data", ["ÿ"], overwrite));
        Assert.Equal(before, File.ReadAllBytes(_folder.File("data/train-00000.bin")));
        Prepare("data", ["bbb"], overwrite);
        Assert.NotEqual(before, File.ReadAllBytes(_folder.File("data/train-00000.bin")));
        Assert.Equal([_folder.File("data")], Directory.GetFileSystemEntries(_folder.Path));

        Directory.CreateDirectory(_folder.File("mine"));
        File.WriteAllText(_folder.File("mine/notes.txt"), "mine");
        Assert.Contains("holds something else", Assert.Throws<IOException>(() => Prepare("mine", ["a"], overwrite)).Message, StringComparison.Ordinal);
        Assert.Contains("is a file", Assert.Throws<IOException>(() => Prepare("mine/notes.txt", ["a"], overwrite)).Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_folder.File("mine/notes.txt")));
    }

    [Fact]
    public void What_a_killed_preparation_left_is_replaced_and_what_is_not_ours_stays()
    {
        Directory.CreateDirectory(_folder.File("data.tmp"));
        File.WriteAllText(_folder.File("data.tmp/train-00000.bin.tmp"), "half");
        Prepare("data", ["aaa"], new PreparationOptions { ValidationFraction = 0 });
        Assert.Equal([_folder.File("data")], Directory.GetFileSystemEntries(_folder.Path));

        Directory.CreateDirectory(_folder.File("other.tmp"));
        File.WriteAllText(_folder.File("other.tmp/letter.txt"), "mine");
        Assert.Contains("is in the way, and holds letter.txt", Assert.Throws<IOException>(() => Prepare("other", ["a"], new PreparationOptions())).Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_folder.File("other.tmp/letter.txt")));
    }

    [Fact]
    public void Nothing_to_learn_from_is_told()
    {
        Assert.Contains("There are no documents", Assert.Throws<InvalidDataException>(() => Prepare("data", [], new PreparationOptions())).Message, StringComparison.Ordinal);
        var seed = Enumerable.Range(0, 100).Select(seed => (ulong)seed).First(seed =>
        {
            try
            {
                Prepare($"data-{seed}", ["abc"], new PreparationOptions { ValidationFraction = 0.5, Seed = seed });
                return false;
            }
            catch (InvalidDataException exception)
            {
                Assert.Contains("All documents would be held back", exception.Message, StringComparison.Ordinal);
                return true;
            }
        });
        Assert.InRange(seed, 0UL, 20UL);
        foreach (var options in (PreparationOptions[])
            [new() { ValidationFraction = 0.51 }, new() { ValidationFraction = double.NaN }, new() { ShardTokens = 0 }, new() { Threads = 0 }, new() { HeldBack = (HeldBack)7 }])
            Assert.Throws<ArgumentException>(() => new CorpusPreparation(Tokenizer, options));
        Assert.Contains(
            "The tokenizer has no special token <|im_start|>, which ChatML conversations need.",
            Assert.Throws<ArgumentException>(() => new CorpusPreparation(Tokenizer, new PreparationOptions { ChatTemplate = new ChatMlTemplate() })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_are_counted_in_classes_that_double()
    {
        var histogram = new LengthHistogram();
        foreach (var length in (long[])[1, 2, 3, 4, 7, 8, 1L << 40])
            histogram.Add(length);
        Assert.Equal([1, 2, 2, 1], histogram.Counts.Take(4));
        Assert.Equal((41, 1), (histogram.Counts.Count, histogram.Counts[40]));
        Assert.Equal((4, 7), LengthHistogram.Range(2));
    }

    private static CharTokenizer Tokenizer { get; } = new([.. Enumerable.Range(32, 95)], bos: true);

    /// <summary>A tokenizer of single bytes and some special tokens, the first of them before documents.</summary>
    private static BpeTokenizer Bytes(IReadOnlyList<string> special) => new(
        [.. Enumerable.Range(0, 256).Select(value => (byte[])[(byte)value]), .. special.Select(Encoding.UTF8.GetBytes)], [],
        new BpeOptions
        {
            Splitter = Splitter.Gpt2,
            AddedTokens = [.. special.Select((name, i) => new AddedToken(256 + i, name))],
            BosToken = special[0],
        });

    private static string[] Texts(int count)
    {
        var random = new MersenneTwister(1);
        return [.. Enumerable.Range(0, count).Select(i => $"{i}: {new string('x', random.NextInt32(40))}")];
    }

    private static int Number(string text) => int.Parse(text.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);

    private static Document Text(string text, int number) => new(Encoding.UTF8.GetBytes(text), "x.txt", number);

    private static IEnumerable<string> Decode(TokenStore tokens, CharTokenizer? tokenizer = null)
    {
        tokenizer ??= Tokenizer;
        for (var i = 0L; i < tokens.DocumentCount; i++)
        {
            var ids = new int[tokens.LengthOf(i)];
            tokens.Read(tokens.StartOf(i), ids);
            Assert.Equal(tokenizer.BosId, ids[0]);
            yield return tokenizer.Decode(ids);
        }
    }

    private PreparedFile Prepare(string name, IEnumerable<string> texts, PreparationOptions options) =>
        new CorpusPreparation(Tokenizer, options).Run(texts.Select((text, i) => Text(text, i + 1)), _folder.File(name));

    private void Run(ITokenizer tokenizer, Document[] documents, PreparationOptions options) =>
        new CorpusPreparation(tokenizer, options).Run(documents, _folder.File("refused"));

    private static void AssertSame(string expected, string actual)
    {
        var names = Directory.GetFiles(expected).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(names, Directory.GetFiles(actual).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(Path.Combine(expected, name!)), File.ReadAllBytes(Path.Combine(actual, name!))));
    }
}
