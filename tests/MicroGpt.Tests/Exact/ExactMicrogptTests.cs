using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using MicroGpt.Data;
using MicroGpt.Exact;
using MicroGpt.Models;
using MicroGpt.Tests.Numerics;

namespace MicroGpt.Tests.Exact;

/// <summary>The exact program equals microgpt.py and microgpt.cs to the last bit, with registers of every width.</summary>
public sealed class ExactMicrogptTests
{
    private const int Samples = 20;

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void On_names_txt_losses_gradients_parameters_and_samples_are_those_of_CPython(int bits) =>
        AssertAsRecorded("microgpt-names.json", Corpus.Load(TestFiles.DataSet("names.txt"), CorpusKind.Lines), bits);

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void On_the_embedded_names_they_are_those_of_microgpt_cs(int bits) =>
        AssertAsRecorded("microgpt-embedded-names.json", Corpus.Load(EmbeddedData.Names, CorpusKind.Lines), bits);

    // Longer than the context, a character, characters of two and of four bytes, other line ends, all positions, few documents;
    // then a vocabulary of two, whose losses vanish.
    [Theory]
    [InlineData("supercalifragilisticexpialidocious\nx\n  naïve 🙂🙂 \r\n\nsixteencharacter\nqwertyuiopasdfg\n早安\n0123456789\n")]
    [InlineData("aaaaaaaa")]
    public void On_odd_documents_too_wherever_this_runs(string text)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("odd.txt");
        File.WriteAllText(path, text);
        var lines = MicroGptFile.Run(path, "full");
        foreach (var bits in (int[])[512, 256, 128])
        {
            var model = new ExactMicrogpt(Corpus.Load(path, CorpusKind.Lines), bits);
            Assert.Equal($"num params: {model.Parameters.Length}", lines[2]);
            foreach (var expected in MicroGptFile.Losses(lines))
                Assert.Equal(expected, model.TrainStep());
            Assert.Equal(lines[^Samples..], Enumerable.Range(1, Samples).Select(i => $"sample {i,2}: {model.Sample()}".TrimEnd()));
        }
    }

    [Fact]
    public void It_is_the_model_of_the_preset()
    {
        var preset = GptPresets.Microgpt(27);
        Assert.Equal(
            (preset.Width, preset.Heads, preset.HeadSize, preset.MlpHidden, preset.ContextLength, preset.NormEpsilon, preset.Layers),
            (ExactPass.C, ExactPass.H, ExactPass.D, ExactPass.Hidden, ExactPass.T, ExactPass.NormEpsilon, 1));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var model = new ExactMicrogpt(Corpus.Load(EmbeddedData.Names, CorpusKind.Lines));
        AllocationTests.AssertNothingAllocated(() => model.TrainStep());
    }

    [Fact]
    public void Behind_the_last_step_there_is_none()
    {
        var model = new ExactMicrogpt(Corpus.FromText("names", "anna\nben", CorpusKind.Lines));
        while (model.Step < model.Steps)
            model.TrainStep();
        Assert.Equal("All 1000 steps are done.", Assert.Throws<InvalidOperationException>(() => model.TrainStep()).Message);
    }

    [Fact]
    public void One_long_text_is_refused() =>
        Assert.Contains("one a line", Assert.Throws<ArgumentException>(() => new ExactMicrogpt(Corpus.FromText("text", "anna", CorpusKind.Text))).Message, StringComparison.Ordinal);

    /// <summary>Compares with recorded hashes: of all losses, and of gradients and parameters after some steps.</summary>
    private static void AssertAsRecorded(string recording, Corpus corpus, int bits)
    {
        Assert.SkipUnless(MicroGptFile.HasRecordedMathLibrary, "exp, log and pow are not those of the recording here.");
        using var json = JsonDocument.Parse(File.ReadAllBytes(TestFiles.Recorded(recording)));
        var recorded = json.RootElement;
        var model = new ExactMicrogpt(corpus, bits);
        Assert.Equal(
            (recorded.GetProperty("num_docs").GetInt32(), recorded.GetProperty("vocab_size").GetInt32(), recorded.GetProperty("num_params").GetInt32()),
            (model.DocumentCount, model.VocabularySize, model.Parameters.Length));

        var losses = new double[model.Steps];
        foreach (ref var loss in losses.AsSpan())
        {
            loss = model.TrainStep();
            if (!recorded.GetProperty("gradients_sha256").TryGetProperty($"{model.Step}", out var gradients))
                continue;
            Assert.Equal((model.Step, gradients.GetString()), (model.Step, Hash(model.Gradients)));
            Assert.Equal((model.Step, recorded.GetProperty("parameters_sha256").GetProperty($"{model.Step}").GetString()), (model.Step, Hash(model.Parameters)));
        }

        Assert.Equal(recorded.GetProperty("losses_sha256").GetString(), Hash(losses));
        Assert.Equal(
            recorded.GetProperty("samples").EnumerateArray().Select(sample => sample.GetString()),
            Enumerable.Range(0, Samples).Select(_ => model.Sample()));
    }

    private static string Hash(ReadOnlySpan<double> numbers) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(numbers)));
}
