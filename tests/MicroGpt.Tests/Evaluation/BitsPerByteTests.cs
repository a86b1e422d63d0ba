using MicroGpt.Evaluation;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tests.Tokenizers;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Evaluation;

public sealed class BitsPerByteTests
{
    private const string Long = "longer than the context of six tokens, by far";

    [Theory]
    [InlineData("a")]
    [InlineData("sixsix")]
    [InlineData(Long)]
    public void A_model_that_knows_nothing_needs_the_logarithm_of_its_vocabulary_for_each_byte(string document)
    {
        using var device = Device.Cpu(threads: 1);
        var tokenizer = CharTokenizer.Train([Long], bos: true); // a token a byte, here
        var model = new Gpt(TinyModels.Config("gpt2", tokenizer.VocabularySize), device); // all weights are 0
        Assert.Equal(Math.Log2(tokenizer.VocabularySize), Measure(model, tokenizer, document, "", Long), 1e-6);
    }

    [Fact]
    public void Without_a_token_for_a_start_the_first_token_is_given()
    {
        using var device = Device.Cpu(threads: 1);
        var tokenizer = new ByteTokenizer();
        var model = new Gpt(TinyModels.Config("gpt2", tokenizer.VocabularySize), device);
        Assert.Equal(8, Measure(model, tokenizer, "ab", Long), 1e-6);
        Assert.True(double.IsNaN(Measure(model, tokenizer, "a")));
    }

    [Fact]
    public void It_is_the_mean_over_all_bytes_not_over_documents()
    {
        using var device = Device.Cpu(threads: 1);
        var tokenizer = CharTokenizer.Train([Long], bos: true);
        var model = TinyModels.Create(TinyModels.Config("gpt2", tokenizer.VocabularySize), device);
        var (one, other) = (Measure(model, tokenizer, "text"), Measure(model, tokenizer, Long));
        Assert.NotEqual(one, other, 1e-3);
        Assert.Equal((4 * one + Long.Length * other) / (4 + Long.Length), Measure(model, tokenizer, "text", Long), 1e-9);
    }

    private static double Measure(Gpt model, ITokenizer tokenizer, params string[] documents) =>
        BitsPerByte.Of(model, tokenizer, documents, TestContext.Current.CancellationToken);
}
