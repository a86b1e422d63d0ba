using System.Text.Json;
using MicroGpt.Data;
using MicroGpt.Inference;
using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>The engine does what microgpt.py does: its recorded losses, gradients and samples are the oracle.</summary>
public sealed class MicrogptGoldenTests
{
    private static readonly Golden s_golden = Golden.Load();

    [Fact]
    public void In_double_precision_all_1000_losses_the_first_gradients_and_the_samples_are_those_of_microgpt()
    {
        using var device = Device.Cpu(DType.Float64);
        var trainer = Start(device);
        Assert.Equal(s_golden.Parameters, trainer.Model.ParameterCount);
        CompareGradients(device);

        foreach (var expected in s_golden.Losses)
            Assert.Equal(expected, trainer.TrainStep().TrainLoss, 1e-9);
        Assert.Equal(s_golden.Samples, Samples(trainer));
    }

    [Fact]
    public void In_single_precision_the_last_50_losses_match_to_1_percent()
    {
        using var device = Device.Cpu();
        var trainer = Start(device);
        var losses = s_golden.Losses.Select(_ => trainer.TrainStep().TrainLoss).ToArray();
        foreach (var (expected, actual) in s_golden.Losses.Zip(losses).TakeLast(50))
            Assert.Equal(expected, actual, 0.01 * expected);
    }

    private static Trainer Start(Device device)
    {
        var recipe = Recipe.Microgpt;
        return Trainer.Start(Corpus.Load(TestFiles.DataSet("names.txt"), recipe.DataKind), recipe.Model, recipe.Options, device);
    }

    /// <summary>The gradients at the initial weights, of the first document in shuffled order.</summary>
    private static void CompareGradients(Device device)
    {
        var trainer = Start(device);
        var document = new Batch();
        var bos = trainer.Tokenizer.BosId!.Value;
        int[] tokens = [bos, .. trainer.Tokenizer.Encode("yuheng"), bos];
        document.Resize(1, tokens.Length - 1);
        document.SetRow(0, tokens);
        var tape = new Tape(device);
        var logits = trainer.Model.Forward(tape, tape.Integers(document.Inputs, document.Shape));
        tape.Backward(tape.CrossEntropy(logits, tape.Integers(document.Targets, document.Shape)));

        var gradients = trainer.Model.Parameters.SelectMany(parameter => parameter.Grad!.AsSpan<double>().ToArray());
        foreach (var (expected, actual) in s_golden.Gradients.Zip(gradients))
            Assert.Equal(expected, actual, 1e-12);
    }

    /// <summary>As microgpt.py samples: temperature 0.5, at most 16 characters, random numbers going on from training.</summary>
    private static string[] Samples(Trainer trainer)
    {
        var random = new MersenneTwister(42);
        // The generator's state behind training: shuffling and initializing drew from it, training did not.
        var documents = Corpus.Load(TestFiles.DataSet("names.txt"), CorpusKind.Lines).Documents.ToArray();
        random.Shuffle(documents);
        for (var i = 0; i < trainer.Model.ParameterCount; i++)
            random.NextGaussian();
        var sampler = new Sampler(new SamplerOptions { Temperature = 0.5 }, random);
        var generator = new Generator(trainer.Model);
        return [.. s_golden.Samples.Select(_ => string.Concat(generator.GenerateText(trainer.Tokenizer, "", 16, sampler)))];
    }

    private sealed record Golden(double[] Losses, string[] Samples, double[] Gradients, int Parameters)
    {
        public static Golden Load()
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(TestFiles.Recorded("microgpt-names.json")));
            var root = json.RootElement;
            return new Golden(
                [.. root.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())],
                [.. root.GetProperty("samples").EnumerateArray().Select(sample => sample.GetString()!)],
                [.. root.GetProperty("gradients_step_1").EnumerateArray().Select(gradient => gradient.GetDouble())],
                root.GetProperty("num_params").GetInt32());
        }
    }
}
