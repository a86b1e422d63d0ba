using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

/// <summary>
/// TestData/tokenizers: a small tokenizer that Hugging Face's library trained, and what it and tiktoken make of texts. The texts are
/// put together here as record.py does it.
/// </summary>
internal static class RecordedTokenizers
{
    public static string Folder { get; } = TestFiles.Recorded("tokenizers");

    public static JsonElement Recorded { get; } = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "recorded.json"))).RootElement;

    public static BpeTokenizer Small { get; } = (BpeTokenizer)TokenizerJson.Read(File.ReadAllBytes(Path.Combine(Folder, "small.json")));

    public static string Samples { get; } = File.ReadAllText(Path.Combine(Folder, "samples.txt"));

    public static IEnumerable<(string Name, string Pattern)> Patterns =>
        Recorded.GetProperty("patterns").EnumerateObject().Select(pattern => (pattern.Name, pattern.Value.GetString()!));

    /// <summary>A list of numbers.</summary>
    public static int[] Numbers(string name) =>
        [.. Recorded.GetProperty(name).GetString()!.Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

    /// <summary>The way of cutting, and the library, that record.py calls "hf gpt2", "tiktoken cl100k", …</summary>
    public static BpeTokenizer Variant(string name, BpeTokenizer tokenizer)
    {
        var (library, cut) = name.Split(' ') is [var first, var second] ? (first, second) : throw new ArgumentException(name);
        var options = tokenizer.Options;
        options = cut switch
        {
            "digits" => options with { Splitter = Splitter.Gpt2DigitsAlone },
            "prefix" => options with { AddPrefixSpace = true },
            "NFC" => options with { Normalization = NormalizationForm.FormC },
            "NFD" => options with { Normalization = NormalizationForm.FormD },
            "published" => options,
            _ => options with { Splitter = Splitter.FromPattern(Patterns.Single(pattern => pattern.Name == cut).Pattern) },
        };
        return library == "hf" ? WithOptions(tokenizer, options) : RanksOf(tokenizer, options.Splitter);
    }

    public static BpeTokenizer WithOptions(BpeTokenizer tokenizer, BpeOptions options) => new(Vocabulary(tokenizer), tokenizer.Merges, options);

    /// <summary>The vocabulary without special tokens, as ranks.</summary>
    public static BpeTokenizer RanksOf(BpeTokenizer tokenizer, Splitter splitter)
    {
        var special = tokenizer.SpecialTokens.Values.ToHashSet();
        return BpeTokenizer.FromRanks([.. Vocabulary(tokenizer).Where((_, id) => !special.Contains(id))], new BpeOptions { Splitter = splitter });
    }

    public static byte[][] Vocabulary(BpeTokenizer tokenizer) =>
        [.. Enumerable.Range(0, tokenizer.MergedVocabularySize).Select(id => tokenizer.TokenBytes(id).ToArray())];

    /// <summary>Texts of tricky fragments, the same as in record.py.</summary>
    public static IEnumerable<string> DrawnTexts()
    {
        var fragments = Recorded.GetProperty("fragments").EnumerateArray().Select(fragment => fragment.GetString()!).ToArray();
        var random = new MersenneTwister(2024);
        for (var i = 0; i < 5000; i++)
        {
            var text = new StringBuilder();
            for (var count = 1 + random.NextInt32(24); count > 0; count--)
                text.Append(fragments[random.NextInt32(fragments.Length)]);
            yield return text.ToString();
        }
    }

    /// <summary>Every assigned character beside a letter, a digit, a space, an apostrophe and a line end.</summary>
    public static string EveryCharacter(IReadOnlySet<int> leftOut) => leftOut.Count == 0 ? s_everyCharacter.Value : MakeEveryCharacter(leftOut);

    private static readonly Lazy<string> s_everyCharacter = new(() => MakeEveryCharacter(new HashSet<int>()));

    private static string MakeEveryCharacter(IReadOnlySet<int> leftOut)
    {
        var text = new StringBuilder();
        IEnumerable<int> codePoints = [.. Enumerable.Range(0, 0x33480), .. Enumerable.Range(0xE0000, 0x200), 0xF0000, 0x10FFFF];
        foreach (var codePoint in codePoints)
        {
            if (codePoint is >= 0xD800 and < 0xE000 || leftOut.Contains(codePoint))
                continue;
            var c = char.ConvertFromUtf32(codePoint);
            text.Append($"{c}a{c}1 {c}{c}'{c}\n{c} ");
        }

        return text.ToString();
    }

    public static void AssertRecorded(JsonElement recorded, IEnumerable<int> ids, string what)
    {
        var all = ids.ToArray();
        Assert.True(BitConverter.IsLittleEndian);
        Assert.True(
            recorded.GetProperty("count").GetInt32() == all.Length
            && recorded.GetProperty("sha256").GetString() == Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(all))),
            $"{what}: {all.Length} ids, recorded are {recorded.GetProperty("count")}, and their hashes differ.");
    }
}
