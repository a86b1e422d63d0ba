using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Models;

public sealed class RotaryScalingTests
{
    /// <summary>What transformers 5.12 computes for heads of 64 with Llama 3.2's settings.</summary>
    [Theory]
    [InlineData(0, 1.0)] // fast: as before
    [InlineData(10, 0.016560440883040428)]
    [InlineData(14, 0.0032114461064338684)]
    [InlineData(15, 0.0012905480107292533)] // in between
    [InlineData(16, 0.000429556705057621)]
    [InlineData(17, 9.708286233944818e-05)]
    [InlineData(20, 8.570255886297673e-06)] // slow: 32 times as slowly
    [InlineData(31, 9.418306490260875e-08)]
    public void Turns_are_those_of_Hugging_Faces_llama3(int pair, double expected)
    {
        var turn = new RotaryScaling(32, 1, 4, 8192).Scale(Math.Pow(500_000, -pair / 32.0));
        Assert.Equal(1, turn / expected, 2e-6);
    }

    [Fact]
    public void A_model_turns_by_it()
    {
        using var device = Device.Cpu(threads: 1);
        var config = TinyModels.Config("llama");
        var (plain, scaled) = (Logits(config), Logits(config with { RotaryScaling = new(32, 1, 4, 3) }));
        Assert.Equal(plain[..7], scaled[..7]); // the first position does not turn
        Assert.NotEqual(plain[^7..], scaled[^7..]);

        float[] Logits(GptConfig config)
        {
            var tape = new Tape(device, recording: false);
            return TinyModels.Create(config, device).Forward(tape, tape.Range(0, new Shape(1, 6))).AsSpan<float>().ToArray();
        }
    }
}
