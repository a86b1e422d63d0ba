using System.Text.Json;
using System.Text.RegularExpressions;

namespace MicroGpt.Tokenizers;

/// <summary>
/// The <c>pre_tokenizer</c> of <c>tokenizer.json</c> before byte-level BPE. Three forms are in use: <c>ByteLevel</c>, which cuts as
/// GPT-2 does; <c>Digits</c> before it; and a <c>Split</c> by a regular expression before a <c>ByteLevel</c> that does not cut.
/// </summary>
internal static partial class PreTokenizerJson
{
    [GeneratedRegex(@"\{[0-9,]+\}\+")]
    private static partial Regex PossessiveCount { get; }

    public static (Splitter Splitter, bool AddPrefixSpace) Read(JsonElement root)
    {
        if (root.Find("pre_tokenizer") is not { } preTokenizer)
            throw new InvalidDataException("it has no pre_tokenizer; only byte-level BPE can be read, whose pre_tokenizer is ByteLevel, perhaps behind a Split.");
        var parts = Flatten(preTokenizer, "pretokenizers");
        if (parts.Count == 0 || Type(parts[^1]) != "ByteLevel")
            throw new InvalidDataException($"its pre_tokenizer is {Names(parts)}; only byte-level BPE can be read, which ends in ByteLevel.");
        var byteLevel = parts[^1];
        var cuts = byteLevel.Flag("use_regex", missing: true);
        var splitter = (parts, cuts) switch
        {
            ([_], true) => Splitter.Gpt2,
            ([var digits, _], true) when Type(digits) == "Digits" && digits.Flag("individual_digits") => Splitter.Gpt2DigitsAlone,
            ([var split, _], false) when Type(split) == "Split" => ReadSplit(split),
            _ => throw new InvalidDataException(
                $"its pre_tokenizer is {Names(parts)} {(cuts ? "with" : "without")} use_regex; ByteLevel with it, perhaps behind Digits one by one, and Split before ByteLevel without it can be followed."),
        };
        return (splitter, byteLevel.Flag("add_prefix_space", missing: true));
    }

    public static void Write(Utf8JsonWriter json, Splitter splitter, bool addPrefixSpace)
    {
        json.WriteStartObject("pre_tokenizer");
        if (splitter is Gpt2Splitter { DigitsAlone: false })
        {
            WriteByteLevel(json, addPrefixSpace, useRegex: true);
        }
        else
        {
            json.WriteString("type", "Sequence");
            json.WriteStartArray("pretokenizers");
            json.WriteStartObject();
            if (splitter is Gpt2Splitter)
            {
                json.WriteString("type", "Digits");
                json.WriteBoolean("individual_digits", true);
            }
            else
            {
                JsonParts.WriteSplit(json, splitter.Pattern);
            }

            json.WriteEndObject();
            json.WriteStartObject();
            WriteByteLevel(json, addPrefixSpace, useRegex: splitter is Gpt2Splitter);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    public static void WriteByteLevel(Utf8JsonWriter json, bool addPrefixSpace, bool useRegex)
    {
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", addPrefixSpace);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", useRegex);
    }

    /// <summary>Byte-level BPE is decoded byte for byte; a file that wants anything else is refused.</summary>
    public static void CheckDecoder(JsonElement root)
    {
        if (root.Find("decoder") is not { } decoder)
            return;
        var parts = Flatten(decoder, "decoders");
        if (parts.Any(part => Type(part) is not ("ByteLevel" or "Fuse")))
            throw new InvalidDataException($"its decoder is {Names(parts)}; byte-level BPE is decoded by ByteLevel.");
    }

    private static Splitter ReadSplit(JsonElement split)
    {
        if (split.GetProperty("pattern").Text("Regex") is not { } pattern)
            throw new InvalidDataException("its pre_tokenizer splits at a fixed text; only a regular expression can be followed.");
        if (PossessiveCount.IsMatch(pattern))
            throw new InvalidDataException(
                $"its Split has a + behind a quantifier in braces, in {pattern}: tiktoken takes it for possessive, Hugging Face's engine for a repeated repetition. Write it without the +.");
        var (behavior, invert) = (split.Text("behavior"), split.Flag("invert"));
        // What the expression does not match would be a piece in the first case and lost in the second, but these match everything.
        if ((behavior, invert) is not (("Isolated", false) or ("Removed", true)))
            throw new InvalidDataException(
                $"its Split has the behavior {behavior}{(invert ? ", inverted" : "")}; Isolated, and Removed inverted, can be followed.");
        return Splitter.FromPattern(pattern);
    }

    private static List<JsonElement> Flatten(JsonElement part, string name) =>
        Type(part) == "Sequence" ? [.. part.GetProperty(name).EnumerateArray().SelectMany(inner => Flatten(inner, name))] : [part];

    private static string? Type(JsonElement part) => part.Text("type");

    private static string Names(List<JsonElement> parts) => parts.Count == 0 ? "empty" : string.Join(" and ", parts.Select(Type));
}
