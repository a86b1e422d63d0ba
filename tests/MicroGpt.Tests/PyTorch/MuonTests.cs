using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.PyTorch;

/// <summary>Muon against what <c>record_muon.py</c> has recorded: nanochat's own code, and the plain form.</summary>
public sealed class MuonTests
{
    private static readonly Recording s_recording = new("muon");

    public static MatrixTheoryData<string, string> Cases { get; } = new(["plain", "nanochat"], ["tall", "wide", "square"]);

    [Theory, MemberData(nameof(Cases))]
    public void Three_steps_move_a_matrix_as_in_PyTorch(string kind, string shape)
    {
        using var device = Device.Cpu(DType.Float32, threads: 1);
        var parameter = s_recording.Parameter(device, $"{kind}.{shape}.start");
        var settings = new MuonSettings(Beta1: 0.9, Beta2: 0.9, WeightDecay: 0.5);
        var optimizer = new Muon([parameter], device, _ => settings, isNanochat: kind == "nanochat");
        for (var step = 1; step <= 3; step++)
        {
            parameter.BeginGrad();
            Recording.Fill(parameter.Grad!, s_recording.Values($"{kind}.{shape}.grad.{step}"));
            optimizer.Step(step, 0.02);
            s_recording.Close(parameter, $"{kind}.{shape}.after.{step}");
        }
    }
}
