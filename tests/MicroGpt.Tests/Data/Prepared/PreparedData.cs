using System.Text;
using MicroGpt.Data.Documents;
using MicroGpt.Data.Prepared;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Data.Prepared;

/// <summary>A small prepared folder.</summary>
internal static class PreparedData
{
    public static string Write(TemporaryFolder folder, string name, ulong seed = 1, string letters = "abc")
    {
        var texts = Enumerable.Range(0, 40).Select(i => TinyModels.Lines.Split('\n')[i % 11] + new string(letters[i % 3], i));
        new CorpusPreparation(CharTokenizer.Train(texts, bos: true), new PreparationOptions { ValidationFraction = 0.2, Seed = seed, ShardTokens = 500 })
            .Run(texts.Select((text, i) => new Document(Encoding.UTF8.GetBytes(text), "x.txt", i + 1)), folder.File(name));
        return folder.File(name);
    }
}
