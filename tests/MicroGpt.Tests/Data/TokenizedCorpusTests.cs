using MicroGpt.Data;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Data;

public sealed class TokenizedCorpusTests
{
    [Fact]
    public void Of_a_text_the_end_is_held_back()
    {
        var tokens = Create("abcdefghij", CorpusKind.Text, 0.2);
        Assert.Equal(8, tokens.TrainTokens);
        Assert.Equal(2, tokens.ValidationTokens);
        Assert.Equal([8], tokens.ValidationBatches(1, 1, 10).Single().Inputs.ToArray());
    }

    [Fact]
    public void Documents_stand_between_special_tokens_and_are_shuffled_as_Python_does()
    {
        var tokens = Create("a\nb\nc\nd", CorpusKind.Lines, 0.25);
        Assert.Equal(9, tokens.TrainTokens);
        Assert.Equal(3, tokens.ValidationTokens);
        var batch = new Batch();
        tokens.Batches(3, 8, new MersenneTwister(0)).FillNext(batch);

        int[] expected = [0, 1, 2, 3];
        new MersenneTwister(1).Shuffle(expected);
        Assert.Equal(expected[..3].SelectMany(id => (int[])[4, id]), batch.Inputs.ToArray());
        Assert.Equal([4, expected[3]], tokens.ValidationBatches(3, 8, 10).Single().Inputs.ToArray());
    }

    [Theory]
    [InlineData(CorpusKind.Text)]
    [InlineData(CorpusKind.Lines)]
    public void Nothing_held_back_is_nothing_to_judge_by(CorpusKind kind)
    {
        var tokens = Create("ab", kind, 0);
        Assert.Equal(0, tokens.ValidationTokens);
        Assert.Empty(tokens.ValidationBatches(1, 1, 10));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(0.51)]
    [InlineData(double.NaN)]
    public void An_impossible_part_is_refused(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Create("ab", CorpusKind.Text, fraction));

    [Fact]
    public void Documents_need_a_token_for_their_start()
    {
        var tokenizer = CharTokenizer.Train(["ab"], bos: false);
        var corpus = Corpus.FromText("x", "ab", CorpusKind.Lines);
        Assert.Throws<ArgumentException>(() => TokenizedCorpus.Create(corpus, tokenizer, 0, new MersenneTwister(1)));
    }

    [Fact]
    public void A_single_document_is_learned_from_never_held_back()
    {
        var tokens = Create("anna", CorpusKind.Lines, 0.5);
        Assert.Equal(6, tokens.TrainTokens);
        Assert.Equal(5, tokens.LongestContext);
    }

    private static TokenizedCorpus Create(string text, CorpusKind kind, double fraction)
    {
        var corpus = Corpus.FromText("x", text, kind);
        var tokenizer = CharTokenizer.Train(corpus.Documents, bos: kind == CorpusKind.Lines);
        return TokenizedCorpus.Create(corpus, tokenizer, fraction, new MersenneTwister(1));
    }
}
