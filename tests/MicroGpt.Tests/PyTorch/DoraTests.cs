using MicroGpt.Numerics;

namespace MicroGpt.Tests.PyTorch;

/// <summary>DoRA against what <c>record_dora.py</c> has recorded of PyTorch.</summary>
public sealed class DoraTests
{
    private static readonly Recording s_recording = new("dora");

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Results_and_gradients_are_PyTorchs(DType dtype)
    {
        const double Scale = 1.5;
        using var device = Device.Cpu(dtype, threads: 1);
        var tape = new Tape(device);
        string[] names = ["x", "a", "b", "m", "bias", "residual"];
        var tensors = names.ToDictionary(name => name, name => s_recording.Parameter(device, name));
        var weight = s_recording.Parameter(device, "weight");
        weight.RequiresGrad = false;
        var norms = tape.RowNorms(weight, tensors["a"], tensors["b"], Scale);
        s_recording.Close(norms, "norms");
        var whole = tape.Linear(tensors["x"], weight, tensors["bias"], tensors["residual"]);
        var update = tape.Linear(tape.Linear(tensors["x"], tensors["a"]), tensors["b"]);
        var y = tape.Magnitudes(whole, update, tensors["m"], tensors["bias"], tensors["residual"], norms, Scale);
        s_recording.Close(y, "y");

        var judge = s_recording.Parameter(device, "judge");
        judge.RequiresGrad = false;
        tape.Backward(tape.CrossEntropy(tape.Linear(y, judge), s_recording.Indices(tape, "targets")));
        foreach (var (name, tensor) in tensors)
            s_recording.Close(tensor.Grad!, name + ".grad");
    }
}
