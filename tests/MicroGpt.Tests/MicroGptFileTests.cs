using System.Text.Json;
using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Tests;

/// <summary>microgpt.cs, run as a reader would run it.</summary>
public sealed class MicroGptFileTests
{
    private const int Steps = MicroGptFile.Steps;

    [Fact]
    public void It_fits_on_a_few_screens() =>
        Assert.InRange(File.ReadAllLines(Path.Combine(TestFiles.Repository, "microgpt.cs")).Length, 1, 250);

    [Fact]
    public void On_names_txt_it_prints_what_microgpt_py_prints()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(TestFiles.Recorded("microgpt-names.json")));
        var root = golden.RootElement;
        var lines = MicroGptFile.Run(TestFiles.DataSet("names.txt"), "full");

        Assert.Equal($"num docs: {root.GetProperty("num_docs")}", lines[0]);
        Assert.Equal($"vocab size: {root.GetProperty("vocab_size")}", lines[1]);
        Assert.Equal($"num params: {root.GetProperty("num_params")}", lines[2]);
        foreach (var (expected, actual) in root.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble()).Zip(MicroGptFile.Losses(lines)))
            Assert.Equal(expected, actual, MicroGptFile.HasRecordedMathLibrary ? 0 : 5e-5);
        Assert.Equal(
            root.GetProperty("samples").EnumerateArray().Select((sample, i) => $"sample {i + 1,2}: {sample}"),
            lines.Skip(3 + Steps + 2));
    }

    [Fact]
    public void Without_an_argument_it_learns_the_embedded_names_from_any_folder_as_the_engine_does()
    {
        using var elsewhere = new TemporaryFolder();
        var lines = MicroGptFile.RunIn(elsewhere.Path);

        var names = Corpus.Load(EmbeddedData.Names, CorpusKind.Lines);
        Assert.Equal($"num docs: {names.Documents.Count}", lines[0]);
        Assert.Equal(3 + Steps + 2 + 20, lines.Length);
        foreach (var (expected, actual) in EngineLosses(names).Zip(MicroGptFile.Losses(lines)))
            Assert.Equal(expected, actual, 5.1e-5);
    }

    [Fact]
    public void A_file_that_is_not_there_is_one_sentence_and_an_exit_code()
    {
        var (exitCode, output, error) = MicroGptFile.Start(TestFiles.Repository, "no-such-file.txt");
        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.Equal("microgpt: 'no-such-file.txt' does not exist or has no text.", error.Trim());
    }

    /// <summary>
    /// The engine's losses in double precision, step by step: a trainer would refuse a context of 16 that no document fills.
    /// </summary>
    private static IEnumerable<double> EngineLosses(Corpus names)
    {
        using var device = Device.Cpu(DType.Float64);
        var options = Recipe.Microgpt.Options;
        var random = new MersenneTwister(options.Seed);
        var tokenizer = CharTokenizer.Train(names.Documents, bos: true);
        var tokens = TokenizedCorpus.Create(names, tokenizer, validationFraction: 0, random);
        var model = new Gpt(GptPresets.Microgpt(tokenizer.VocabularySize), device);
        model.Initialize(random);
        var batches = tokens.Batches(rows: 1, model.Config.ContextLength, random);
        var optimizer = new AdamW(model.Parameters, device, options);
        var (tape, batch) = (new Tape(device), new Batch());
        for (var step = 0; step < Steps; step++)
        {
            batches.FillNext(batch);
            tape.Reset();
            var logits = model.Forward(tape, tape.Integers(batch.Inputs, batch.Shape));
            var loss = tape.CrossEntropy(logits, tape.Integers(batch.Targets, batch.Shape));
            yield return loss.Item;
            tape.Backward(loss);
            optimizer.Step(step + 1, options.LearningRate * (1 - (double)step / Steps));
        }
    }
}
