using System.Text;
using System.Text.Json;

namespace MicroGpt.Tokenizers;

/// <summary>The <c>normalizer</c> of <c>tokenizer.json</c> before byte-level BPE: a canonical normal form, or none.</summary>
internal static class NormalizerJson
{
    public static NormalizationForm? Read(JsonElement root)
    {
        if (root.Find("normalizer") is not { } normalizer)
            return null;
        var type = normalizer.Text("type");
        if (type == "Sequence")
        {
            var parts = normalizer.GetProperty("normalizers").EnumerateArray().ToList();
            if (parts.Count == 0)
                return null;
            type = parts.Count == 1 ? parts[0].Text("type") : "Sequence of several";
        }

        return type switch
        {
            "NFC" => NormalizationForm.FormC,
            "NFD" => NormalizationForm.FormD,
            _ => throw new InvalidDataException($"its normalizer is {type}; before BPE only NFC and NFD can be followed."),
        };
    }

    public static void Write(Utf8JsonWriter json, NormalizationForm? form)
    {
        if (form is null)
        {
            json.WriteNull("normalizer");
            return;
        }

        json.WriteStartObject("normalizer");
        json.WriteString("type", form == NormalizationForm.FormC ? "NFC" : "NFD");
        json.WriteEndObject();
    }
}
