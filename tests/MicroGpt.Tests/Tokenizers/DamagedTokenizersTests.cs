using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

/// <summary>
/// Whatever happens to a tokenizer's files, reading them ends in a tokenizer that works or in a sentence, without taking more
/// memory than the files justify.
/// </summary>
public sealed class DamagedTokenizersTests
{
    private const long MostBytes = 32 << 20; // the files have some 10 KB, but a hundred thousand bytes of tables go with a tokenizer

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_config.json")]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("r50k_base.tiktoken")]
    public void Thousands_of_mutations_give_a_tokenizer_or_a_sentence(string file) => Mutate(file, seed: 1, times: 600);

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_config.json")]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("r50k_base.tiktoken")]
    public void A_hundred_thousand_mutations_give_a_tokenizer_or_a_sentence(string file) => Mutate(file, seed: 2, times: 20_000);

    [Fact]
    public void A_file_cut_short_anywhere_is_refused()
    {
        var whole = TokenizerJson.Write(Tiny);
        for (var length = 0; length < whole.Length; length += 13)
            Assert.Throws<InvalidDataException>(() => TokenizerJson.Read(whole.AsMemory(0, length)));
    }

    private static void Mutate(string file, ulong seed, int times)
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, isGpt2: file is "vocab.json" or "merges.txt");
        var path = folder.File(file);
        var original = File.ReadAllBytes(path);
        var random = new MersenneTwister(seed);
        for (var i = 0; i < times; i++)
        {
            File.WriteAllBytes(path, Mutation.Of(original, random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var tokenizer = TokenizerFiles.Load(path.EndsWith(".tiktoken", StringComparison.Ordinal) ? path : folder.Path);
                tokenizer.Decode(tokenizer.Encode("It's 1 text<|end|>\n", allowSpecial: true), withSpecial: true);
                TokenizerFiles.LoadConfig(path);
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException)
            {
                // a sentence, as it should be
            }
            catch (Exception exception)
            {
                Assert.Fail($"Mutation {i} of {file} with seed {seed}: {exception}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, $"Mutation {i} of {file} with seed {seed} takes too much memory.");
        }
    }

    private static void Write(string folder, bool isGpt2)
    {
        var names = Enumerable.Range(0, Tiny.VocabularySize).Select(id => ByteLevelAlphabet.Encode(Tiny.TokenBytes(id))).ToArray();
        if (isGpt2)
        {
            File.WriteAllText(Path.Combine(folder, "vocab.json"), "{" + string.Join(',', names.Select((name, id) => $"\"{System.Text.Json.JsonEncodedText.Encode(name)}\":{id}")) + "}");
            File.WriteAllLines(Path.Combine(folder, "merges.txt"), ["#version: 0.2", .. Tiny.Merges.Select(merge => $"{names[merge.Left]} {names[merge.Right]}")]);
            return;
        }

        TokenizerFiles.Save(Tiny, folder, "{% for message in messages %}");
        File.WriteAllLines(
            Path.Combine(folder, "r50k_base.tiktoken"),
            Enumerable.Range(0, Tiny.MergedVocabularySize).Select(id => $"{Convert.ToBase64String(Tiny.TokenBytes(id))} {id}"));
    }

    /// <summary>All bytes and 40 merges, with special tokens.</summary>
    private static BpeTokenizer Tiny { get; } = new(
        [.. RecordedTokenizers.Vocabulary(RecordedTokenizers.Small)[1..297]],
        [.. RecordedTokenizers.Small.Merges.Take(40).Select(merge => (merge.Left - 1, merge.Right - 1))],
        new BpeOptions { Splitter = Splitter.Nanochat, AddedTokens = [new AddedToken(296, "<|end|>"), new AddedToken(297, "<x>") { Special = false }], BosToken = "<|end|>" });
}
