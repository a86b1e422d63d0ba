using MicroGpt.Checkpoints;
using MicroGpt.Models;

namespace MicroGpt.Cli.Tests;

/// <summary>A model of a thousand million parameters is converted in less than a gigabyte of memory, what is mapped of its file included.</summary>
public sealed class LargeModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData("llama", 20, 2048)]
    [InlineData("gpt2", 34, 1600)] // its matrices are turned on the way, twice
    public void A_conversion_takes_less_than_a_gigabyte(string preset, int layers, int width)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        var config = GptPresets.Create(preset, 32_000) with { Layers = layers, Width = width, Heads = width / 64, ContextLength = 2048 };
        using var numbers = new Waves(config);
        Assert.True(numbers.Entries.Sum(entry => (long)entry.Shape.Count) > 1_000_000_000);
        using (var model = new StoredModel(config, numbers, null))
            ModelCheckpoint.Save(_folder.File("model"), model, TensorType.BF16, cancellation: TestContext.Current.CancellationToken);

        Run("convert", _folder.File("model"), "--out", _folder.File("f16"), "--type", "f16");
        Run("diff", _folder.File("f16"), _folder.File("model")); // the waves' numbers are the same in both types
        Run("convert", _folder.File("model"), "--out", _folder.File("f16.gguf"), "--format", "gguf", "--type", "f16");
        Run("convert", _folder.File("f16.gguf"), "--out", _folder.File("q8.gguf"), "--format", "gguf", "--type", "q8_0");
        Run("import", _folder.File("f16.gguf"), "--out", _folder.File("f16"), "--overwrite");
        Run("diff", _folder.File("f16"), _folder.File("model"));
    }

    private static void Run(params string[] args)
    {
        using var process = new CommandLineProcess(CommandLineProcess.Built, args);
        var peak = 0L;
        while (process.ReadLine() is not null)
            peak = process.PeakBytes ?? peak;
        Assert.Equal((0, ""), (process.WaitForExit(), process.Error));
        TestContext.Current.TestOutputHelper?.WriteLine($"{args[0]}: {peak >> 20} MiB");
        Assert.InRange(peak, 1, 1 << 30);
    }

    /// <summary>Parameters that take no memory: eighths from −1 to 1, of which BF16 and F16 hold each exactly.</summary>
    private sealed class Waves(GptConfig config) : ITensorSource
    {
        public IReadOnlyList<TensorEntry> Entries { get; } =
            [.. StoredModel.ParameterShapes(config).Select(parameter => new TensorEntry(parameter.Name, TensorType.F32, parameter.Shape, 4L * parameter.Shape.Count))];

        public void Read(string name, Span<float> destination, long firstElement = 0)
        {
            for (var i = 0; i < destination.Length; i++)
                destination[i] = (((firstElement + i) % 17) - 8) / 8f;
        }

        public void Dispose()
        {
        }
    }
}
