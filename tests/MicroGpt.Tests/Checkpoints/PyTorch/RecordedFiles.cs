using System.Text.Json;

namespace MicroGpt.Tests.Checkpoints.PyTorch;

/// <summary>The files that TestData/pth/record.py had PyTorch write, and what is in them.</summary>
internal static class RecordedFiles
{
    private static readonly Lazy<JsonElement> s_recorded = new(() => JsonDocument.Parse(File.ReadAllBytes(Path("recorded.json"))).RootElement);

    public static JsonElement Recorded => s_recorded.Value;

    public static string Path(string name) => TestFiles.OfPyTorch(name);

    public static double[] Numbers(this JsonElement element) => [.. element.EnumerateArray().Select(Number)];

    public static int[] Integers(this JsonElement element) => [.. element.EnumerateArray().Select(number => number.GetInt32())];

    private static double Number(JsonElement element) => element.ValueKind == JsonValueKind.Number ? element.GetDouble() : double.NaN;
}
