using MicroGpt.Numerics;

namespace MicroGpt.Tests.PyTorch;

/// <summary>Two recurrent layers against PyTorch 2.14's nn.RNN, nn.GRU and nn.LSTM: outputs, states, and every gradient.</summary>
public sealed class RecurrentTests
{
    private static readonly Recording s_recording = new("recurrent");

    [Theory]
    [InlineData("rnn", RecurrentCell.Rnn, DType.Float32)]
    [InlineData("rnn", RecurrentCell.Rnn, DType.Float64)]
    [InlineData("gru", RecurrentCell.Gru, DType.Float32)]
    [InlineData("gru", RecurrentCell.Gru, DType.Float64)]
    [InlineData("lstm", RecurrentCell.Lstm, DType.Float32)]
    [InlineData("lstm", RecurrentCell.Lstm, DType.Float64)]
    public void Outputs_states_and_gradients_are_PyTorchs(string name, RecurrentCell cell, DType dtype)
    {
        using var device = Device.Cpu(dtype, threads: 1);
        var tape = new Tape(device);
        var input = s_recording.Parameter(device, $"{name}.x");
        var (x, parameters) = (input, new List<(string Name, Tensor Tensor)> { ($"{name}.x", input) });
        for (var layer = 0; layer < 2; layer++)
        {
            var state = s_recording.Parameter(device, $"{name}.before.{layer}");
            state.RequiresGrad = false;
            x = tape.Recurrent(cell, tape.Linear(x, Load("weight_ih"), Load("bias_ih")), Load("weight_hh"), Load("bias_hh"), state);
            s_recording.Close(state, $"{name}.after.{layer}");

            Tensor Load(string kind)
            {
                parameters.Add(($"{name}.{kind}_l{layer}", s_recording.Parameter(device, $"{name}.{kind}_l{layer}")));
                return parameters[^1].Tensor;
            }
        }

        s_recording.Close(x, $"{name}.y");
        var targets = Enumerable.Range(0, 12).Select(row => 2 * row % 3).ToArray();
        tape.Backward(tape.CrossEntropy(tape.Linear(x, s_recording.Parameter(device, $"{name}.judge")), tape.Integers(targets, new Shape(12))));
        foreach (var (recorded, tensor) in parameters)
            s_recording.Close(tensor.Grad!, $"{recorded}.grad");
        Assert.Equal(9, parameters.Count);
    }
}
