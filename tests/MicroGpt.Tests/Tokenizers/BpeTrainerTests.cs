using System.Text;
using System.Text.Json;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class BpeTrainerTests
{
    private static readonly ReadOnlyMemory<byte>[] s_text = RecordedTraining.Documents(["the cat and the hat and the bat on the mat, that is that"]);

    private static BpeTokenizer Learn(BpeTrainerOptions options, IEnumerable<ReadOnlyMemory<byte>> documents, IProgress<TokenizerTrainingProgress>? progress = null) =>
        new BpeTrainer(options).Train(documents, progress, TestContext.Current.CancellationToken);

    [Fact]
    public void The_merges_are_those_of_Hugging_Faces_trainer() =>
        Assert.All(RecordedTraining.Bpe, recorded =>
        {
            var tokenizer = Train(recorded, RecordedTraining.Documents(recorded.GetProperty("documents").Strings()), threads: 2);
            Assert.Equal(recorded.GetProperty("merges").Strings(), RecordedTraining.Merges(tokenizer));
        });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    public void On_whole_data_sets_too(int index, int threads)
    {
        var recorded = RecordedTraining.BpeDataSets.ElementAt(index);
        var merges = RecordedTraining.Merges(Train(recorded, RecordedTraining.DataSets(recorded.GetProperty("files")), threads));
        Assert.Equal(recorded.GetProperty("merges").GetInt32(), merges.Length);
        Assert.Equal(recorded.GetProperty("sha256").GetString(), RecordedTraining.Sha256(merges));
    }

    [Fact]
    public void Special_tokens_have_the_first_ids_or_the_last()
    {
        var options = new BpeTrainerOptions { VocabularySize = 270, SpecialTokens = ["<|a|>", "<|b|>"], BosToken = "<|b|>", EosToken = "<|a|>" };
        var first = Learn(options, s_text);
        var last = Learn(options with { SpecialTokensLast = true }, s_text);
        Assert.Equal((270, 270), (first.VocabularySize, last.VocabularySize));
        Assert.Equal([0, 1], first.SpecialTokens.Values.Order());
        Assert.Equal([268, 269], last.SpecialTokens.Values.Order());
        Assert.Equal((1, 269), (first.BosId!.Value, last.BosId!.Value));
        Assert.Equal((0, 268), (first.EosId!.Value, last.EosId!.Value));
        Assert.Equal(RecordedTraining.Merges(first), RecordedTraining.Merges(last));
    }

    [Fact]
    public void No_merge_spells_a_special_token()
    {
        var texts = RecordedTraining.Documents([string.Concat(Enumerable.Repeat("abc ", 100))]);
        var tokenizer = Learn(new BpeTrainerOptions { VocabularySize = 300, SpecialTokens = ["abc"] }, texts);
        Assert.DoesNotContain(tokenizer.SpecialTokens["abc"], tokenizer.Encode("abc abc"));
        Assert.Equal([tokenizer.SpecialTokens["abc"]], tokenizer.Encode("abc", allowSpecial: true));
    }

    [Fact]
    public void A_text_that_gives_too_few_tokens_gives_a_smaller_vocabulary()
    {
        var tokenizer = Learn(new BpeTrainerOptions { VocabularySize = 5000 }, s_text);
        Assert.InRange(tokenizer.VocabularySize, 257, 300);
        Assert.Equal(256, Learn(new BpeTrainerOptions(), []).VocabularySize);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_learned_and_come_back()
    {
        byte[] bytes = [.. Enumerable.Repeat((byte[])[0xFF, 0xFE, 0, 0x80], 50).SelectMany(piece => piece)];
        var tokenizer = Learn(new BpeTrainerOptions { VocabularySize = 260 }, [bytes]);
        var ids = new List<int>();
        tokenizer.EncodeUtf8(bytes, ids);
        var decoded = new System.Buffers.ArrayBufferWriter<byte>();
        tokenizer.DecodeUtf8([.. ids], decoded);
        Assert.True(ids.Count < 150);
        Assert.Equal(bytes, decoded.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(1, 1, 9000)] // a run: the left pair of three goes first, across every border
    [InlineData(2, 2, 5000)]
    [InlineData(3, 3, 4097)]
    [InlineData(4, 20, 6000)]
    public void A_long_piece_is_merged_as_the_definition_says(ulong seed, int letters, int length)
    {
        var random = new MersenneTwister(seed);
        var text = new string([.. Enumerable.Range(0, length).Select(_ => (char)('a' + (random.NextInt32(4) > 0 ? 0 : random.NextInt32(letters))))]);
        var tokenizer = Learn(new BpeTrainerOptions { VocabularySize = 400 }, RecordedTraining.Documents([text, "and " + text[..2000]]));
        var learned = tokenizer.Merges;
        var pieces = (List<int>[])[Ids(text), Ids("and"), Ids(' ' + text[..2000])];
        for (var merge = 0; merge < learned.Count; merge++)
        {
            var best = pieces.SelectMany(piece => piece.Zip(piece.Skip(1))).CountBy(pair => pair)
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).First();
            Assert.Equal(best.Key, learned[merge]);
            pieces = [.. pieces.Select(piece => Merged(piece, best.Key, 256 + merge))];
        }

        Assert.Equal(learned.Count < 144, pieces.All(piece => piece.Count == 1));
        Assert.Equal(pieces[0], tokenizer.Encode(text));

        List<int> Ids(string piece) => [.. piece.Select(letter => Enumerable.Range(0, 256).First(id => tokenizer.TokenBytes(id)[0] == letter))];
    }

    private static List<int> Merged(List<int> piece, (int Left, int Right) pair, int merged)
    {
        var left = new List<int>();
        for (var i = 0; i < piece.Count; i++)
        {
            var isPair = i + 1 < piece.Count && (piece[i], piece[i + 1]) == pair;
            left.Add(isPair ? merged : piece[i]);
            i += isPair ? 1 : 0;
        }

        return left;
    }

    [Fact]
    public void Long_pieces_are_cut_where_it_is_asked_for()
    {
        ReadOnlyMemory<byte>[] text = [Encoding.UTF8.GetBytes(new string('a', 4000))];
        var options = new BpeTrainerOptions { VocabularySize = 300 };
        Assert.Equal(4000, Longest(options));
        Assert.Equal(8, Longest(options with { MaxPieceLength = 8 }));

        int Longest(BpeTrainerOptions chosen)
        {
            var tokenizer = Learn(chosen, text);
            return Enumerable.Range(0, tokenizer.VocabularySize).Max(id => tokenizer.TokenBytes(id).Length);
        }
    }

    [Fact]
    public void It_says_how_far_it_is_and_can_be_stopped()
    {
        var reports = new List<TokenizerTrainingProgress>();
        Learn(new BpeTrainerOptions { VocabularySize = 270, Threads = 1 }, s_text, new Collecting(reports.Add));
        Assert.Contains(reports, report => report.Tokens == 0 && report.Bytes == s_text[0].Length);
        Assert.Equal(270, reports[^1].Tokens);

        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new BpeTrainer(new BpeTrainerOptions { VocabularySize = 270, Threads = 1 }).Train(
            s_text, new Collecting(_ => stop.Cancel()), stop.Token));
    }

    [Fact]
    public void A_reader_that_fails_ends_the_training_with_its_own_exception()
    {
        Assert.Throws<InvalidDataException>(() => Learn(new BpeTrainerOptions(), Damaged()));

        static IEnumerable<ReadOnlyMemory<byte>> Damaged()
        {
            yield return s_text[0];
            throw new InvalidDataException("damaged");
        }
    }

    [Fact]
    public void What_can_not_be_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new BpeTrainer(new BpeTrainerOptions { VocabularySize = 255 }));
        Assert.Throws<ArgumentException>(() => new BpeTrainer(new BpeTrainerOptions { VocabularySize = 256, SpecialTokens = ["<s>"] }));
        Assert.Throws<ArgumentException>(() => new BpeTrainer(new BpeTrainerOptions { VocabularySize = int.MaxValue }));
        Assert.Throws<ArgumentException>(() => new BpeTrainer(new BpeTrainerOptions { MinFrequency = -1 }));
        Assert.Throws<ArgumentException>(() => new BpeTrainer(new BpeTrainerOptions { Threads = 0 }));
        Assert.Throws<ArgumentException>(() => new BpeTrainer(new BpeTrainerOptions { SpecialTokens = ["a"] }));
        Assert.Throws<ArgumentException>(() => new BpeTrainer(new BpeTrainerOptions { SpecialTokens = ["<s>", "<s>"] }));
        Assert.Throws<ArgumentException>(() => new BpeTrainer(new BpeTrainerOptions { BosToken = "<s>" }));
        Assert.Throws<ArgumentException>(() => new BpeTrainer(new BpeTrainerOptions { MaxTokenLength = 1 }));
        Assert.Throws<ArgumentException>(() => new BpeTrainer(new BpeTrainerOptions { MaxPieceLength = 1 }));
    }

    private static BpeTokenizer Train(JsonElement recorded, ReadOnlyMemory<byte>[] documents, int threads) =>
        Learn(new BpeTrainerOptions
        {
            VocabularySize = recorded.GetProperty("size").GetInt32(),
            Splitter = recorded.GetProperty("pattern").GetString() == "gpt2" ? Splitter.Gpt2 : Splitter.Nanochat,
            SpecialTokens = recorded.TryGetProperty("special", out var special) ? special.Strings() : ["<|endoftext|>"],
            MinFrequency = recorded.TryGetProperty("min_frequency", out var frequency) ? frequency.GetInt32() : 0,
            MaxTokenLength = recorded.TryGetProperty("max_token_length", out var longest) && longest.ValueKind == JsonValueKind.Number ? longest.GetInt32() : null,
            Threads = threads,
        }, documents);

    private sealed class Collecting(Action<TokenizerTrainingProgress> report) : IProgress<TokenizerTrainingProgress>
    {
        public void Report(TokenizerTrainingProgress value) => report(value);
    }
}
