using MicroGpt.Checkpoints;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Checkpoints;

/// <summary>The C# of docs/formats.md works.</summary>
public sealed class FormatsPageTests
{
    [Fact]
    public void The_snippet_opens_loads_and_saves()
    {
        var original = TinyModels.Create(TinyModels.Config("llama"), Device.Default);
        ModelCheckpoint.SaveDescription("my-model", original, CharTokenizer.Train(["abcdef"], bos: true));
        ModelCheckpoint.SaveWeights("my-model", original, step: 3);

#pragma warning disable xUnit1051 // a reader of the page has no test to cancel
        // the snippet begins
        var device = Device.Default;
        using var stored = ModelImporter.Import("my-model");          // opened, not read
        Console.WriteLine(stored.Config.Sizes);
        var model = stored.Load(device);                              // read into memory
        ModelCheckpoint.Save("my-model-f16", stored, TensorType.F16); // or to files, piece by piece
        // the snippet ends
#pragma warning restore xUnit1051

        Assert.Equal(original.Parameters[0].AsSpan<float>(), model.Parameters[0].AsSpan<float>());
        using var half = ModelCheckpoint.Open("my-model-f16");
        Assert.Equal(3, half.Step);
        Assert.All(half.Weights.Entries, entry => Assert.Equal(TensorType.F16, entry.Type));
        Directory.Delete("my-model", recursive: true);
        Directory.Delete("my-model-f16", recursive: true);
    }

    [Fact]
    public void The_snippet_is_the_pages() => Snippet.AssertShown("docs/formats.md", "Checkpoints/FormatsPageTests.cs");
}
