using System.Text;
using MicroGpt.Data;
using MicroGpt.Data.Documents;
using MicroGpt.Data.Prepared;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Data.Prepared;

/// <summary>A prepared folder whose files do not belong together, or are damaged, is told as such.</summary>
public sealed class PreparedCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Another_tokenizer_or_shard_is_told()
    {
        var data = PreparedData.Write(_folder, "data");
        var other = PreparedData.Write(_folder, "other", seed: 2);
        Replace("tokenizer.json", Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(data, "tokenizer.json"))).Replace("\"a\"", "\"ä\"", StringComparison.Ordinal));
        Assert.Contains("is not the tokenizer that the data was prepared with", Refused(data), StringComparison.Ordinal);

        data = PreparedData.Write(_folder, "data2");
        File.Copy(Path.Combine(other, "train-00000.bin"), Path.Combine(data, "train-00000.bin"), overwrite: true);
        Assert.Contains("is not the file that prepared.json beside it describes", Refused(data), StringComparison.Ordinal);

        data = PreparedData.Write(_folder, "data3");
        File.Delete(Path.Combine(data, "val-00000.bin"));
        Assert.Throws<FileNotFoundException>(() => PreparedCorpus.Open(data));
        Assert.Contains("holds no prepared data", Assert.Throws<FileNotFoundException>(() => PreparedCorpus.Open(_folder.Path)).Message, StringComparison.Ordinal);

        void Replace(string name, string text) => File.WriteAllText(Path.Combine(data, name), text);
    }

    [Theory]
    [InlineData("\"format_version\": 1", "\"format_version\": 2", "is of version 2 of prepared data; this program reads version 1.")]
    [InlineData("\"format_version\": 1", "\"version\": 1", "it has no format_version")]
    [InlineData("train-00000.bin", "../train-00000.bin", "is not the name of a file beside it")]
    [InlineData("\"vocabulary_size\"", "\"size\"", "is damaged")]
    public void A_changed_description_is_told(string old, string changed, string sentence)
    {
        var data = PreparedData.Write(_folder, "data");
        var path = Path.Combine(data, PreparedFile.Name);
        var text = File.ReadAllText(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(old, changed, StringComparison.Ordinal));
        Assert.Contains(sentence, Refused(data), StringComparison.Ordinal);
    }

    [Fact]
    public void The_fingerprint_is_that_of_tokens_and_tokenizer()
    {
        using var a = PreparedCorpus.Open(PreparedData.Write(_folder, "a"));
        using var same = PreparedCorpus.Open(PreparedData.Write(_folder, "b"));
        using var other = PreparedCorpus.Open(PreparedData.Write(_folder, "c", seed: 2));
        Assert.Equal(a.Fingerprint, same.Fingerprint);
        Assert.NotEqual(a.Fingerprint, other.Fingerprint);
    }

    [Fact]
    public void Without_a_token_before_documents_there_are_windows_only()
    {
        new CorpusPreparation(CharTokenizer.Train(["abc"], bos: false), new PreparationOptions { ValidationFraction = 0 })
            .Run([new Document("abcabc"u8.ToArray(), "x", 1), new Document("cab"u8.ToArray(), "x", 2)], _folder.File("data"), cancellation: TestContext.Current.CancellationToken);
        using var corpus = PreparedCorpus.Open(_folder.File("data"));
        Assert.Equal(9, corpus.Tokens(BatchKind.Windows, 1).TrainTokens);
        foreach (var kind in (BatchKind[])[BatchKind.Packed, BatchKind.Documents])
            Assert.Contains("no special token for a document's start", Assert.Throws<ArgumentException>(() => corpus.Tokens(kind, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutations_of_the_description_give_data_or_a_sentence()
    {
        var data = PreparedData.Write(_folder, "data");
        var path = Path.Combine(data, PreparedFile.Name);
        var original = File.ReadAllBytes(path);
        var random = new MersenneTwister(1);
        for (var i = 0; i < 1000; i++)
        {
            File.WriteAllBytes(path, Mutation.Of(original, random));
            try
            {
                using var corpus = PreparedCorpus.Open(data);
                corpus.Tokens(BatchKind.Packed, 1).Batches(2, 5, random).FillNext(new Batch());
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException)
            {
                // a sentence, as it should be
            }
        }
    }

    private static string Refused(string folder) => Assert.Throws<InvalidDataException>(() => PreparedCorpus.Open(folder)).Message;
}
