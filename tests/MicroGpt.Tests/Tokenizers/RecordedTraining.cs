using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

/// <summary>What Hugging Face tokenizers' trainers have learned: <c>TestData/tokenizers/record_training.py</c> has written it.</summary>
internal static class RecordedTraining
{
    private static readonly JsonElement s_root = Read("training");

    public static IEnumerable<JsonElement> Bpe => s_root.GetProperty("bpe").EnumerateArray();

    public static IEnumerable<JsonElement> BpeDataSets => s_root.GetProperty("bpe_data_sets").EnumerateArray();

    public static IEnumerable<JsonElement> WordPieceDataSets => s_root.GetProperty("word_piece_data_sets").EnumerateArray();

    public static JsonElement Read(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(TestFiles.Recorded($"tokenizers/{name}.json"))).RootElement;

    /// <summary>The strings of a JSON list.</summary>
    public static string[] Strings(this JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];

    public static ReadOnlyMemory<byte>[] Documents(IEnumerable<string> texts) =>
        [.. texts.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))];

    /// <summary>Files of the data sets, which may not be here.</summary>
    public static ReadOnlyMemory<byte>[] DataSets(JsonElement names) =>
        [.. names.Strings().Select(name => (ReadOnlyMemory<byte>)File.ReadAllBytes(TestFiles.DataSet(name)))];

    /// <summary>The merges as files have them: the characters that stand for the bytes, a space between the two tokens.</summary>
    public static string[] Merges(BpeTokenizer tokenizer)
    {
        return [.. tokenizer.Merges.Select(merge => $"{Name(merge.Left)} {Name(merge.Right)}")];

        string Name(int id) => ByteLevelAlphabet.Encode(tokenizer.TokenBytes(id));
    }

    public static string Sha256(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")))));
}
