using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Models;

/// <summary>The C# of docs/finetuning.md works.</summary>
public sealed class AdapterPageTests : IDisposable
{
    public AdapterPageTests()
    {
        using var device = Device.Cpu(threads: 1);
        var model = TinyModels.Create(TinyModels.Config("llama"), device);
        ModelCheckpoint.SaveDescription("first", model, CharTokenizer.Train(["abcdef"], bos: true));
        ModelCheckpoint.SaveWeights("first", model, 1);
        PeftAdapter.Save("adapter", LoraTests.Trained(model, new LoraConfig { Rank = 2 }), "first");
    }

    public void Dispose()
    {
        Directory.Delete("first", recursive: true);
        Directory.Delete("adapter", recursive: true);
    }

    [Fact]
    public void The_snippet_switches_and_merges()
    {
        // the snippet begins
        var loaded = ModelCheckpoint.Load("first", Device.Default);
        var model = (Gpt)loaded.Model;
        var adapter = PeftAdapter.Load("adapter", model);
        model.Adapter = adapter; // with it
        model.Adapter = null;    // without it
        adapter.Merge();         // for good
        // the snippet ends

        Assert.Equal(2, ((Gpt)ModelCheckpoint.Load("adapter", Device.Default).Model).Adapter!.Config.Rank);
        Assert.Null(model.Adapter);
    }

    [Fact]
    public void The_snippet_is_the_pages() => Snippet.AssertShown("docs/finetuning.md", "Models/AdapterPageTests.cs");
}
