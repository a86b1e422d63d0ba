using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.PyTorch;

/// <summary>Every operation, forward and backward, against what PyTorch 2.14 has computed from the same numbers.</summary>
public sealed class OperationTests
{
    private const double Epsilon = 1e-5;

    private static readonly Recording s_recording = new("operations");

    private static readonly Dictionary<string, (string[] Operands, Func<Tape, Tensor[], Tensor> Apply)> s_operations = new()
    {
        ["linear"] = (["input", "weight", "bias"], (tape, x) => tape.Linear(x[0], x[1], x[2])),
        ["embedding"] = (["table"], (tape, x) => tape.Embedding(x[0], s_recording.Indices(tape, "embedding.ids"))),
        ["layer_norm"] = (["input", "weight", "bias"], (tape, x) => tape.LayerNorm(x[0], x[1], x[2], Epsilon)),
        ["rms_norm"] = (["input", "weight"], (tape, x) => tape.RmsNorm(x[0], x[1], Epsilon)),
        ["relu"] = (["input"], (tape, x) => tape.Relu(x[0])),
        ["relu_squared"] = (["input"], (tape, x) => tape.ReluSquared(x[0])),
        ["soft_cap"] = (["input"], (tape, x) => tape.SoftCap(x[0], 3)),
        ["columns"] = (["input"], (tape, x) => tape.Columns(x[0], 5)),
        ["shift"] = (["input"], (tape, x) => tape.Shift(x[0])),
        ["sigmoid_gate"] = (["input", "gates"], (tape, x) => tape.SigmoidGate(x[0], x[1], 3)),
        ["weighted_sum"] = (["a", "alpha", "b", "beta"], (tape, x) =>
            tape.WeightedSum(x[0], new Coefficient(0.5, x[1], 1), x[2], new Coefficient(-1, x[3], 2))),
        ["rms_norm_heads"] = (["input", "weight"], (tape, x) => tape.RmsNorm(x[0], x[1], Epsilon, size: 4)),
        ["gelu_tanh"] = (["input"], (tape, x) => tape.Gelu(x[0])),
        ["gelu_erf"] = (["input"], (tape, x) => tape.GeluErf(x[0])),
        ["swiglu"] = (["gate", "up"], (tape, x) => tape.SwiGlu(x[0], x[1])),
        ["rotary"] = (["queries", "keys", "values"], (tape, x) =>
            tape.Rotary(x[0], x[1], x[2], Angles(tape.Device, Math.Cos), Angles(tape.Device, Math.Sin), past: 3)),
        ["attention"] = (["qkv"], (tape, x) => tape.CausalAttention(x[0], 4, 4)),
        ["attention_grouped"] = (["qkv"], (tape, x) => tape.CausalAttention(x[0], 4, 2)),
        ["attention_window"] = (["qkv"], (tape, x) => tape.CausalAttention(x[0], 4, 2, window: 2, scale: 0.6)),
        ["cross_entropy"] = (["logits"], (tape, x) => tape.CrossEntropy(x[0], s_recording.Indices(tape, "cross_entropy.targets"))),
        ["token_loss"] = (["logits"], (tape, x) => TokenLoss(tape, "token_loss", x[0])),
        ["policy_loss"] = (["logits"], (tape, x) => tape.PolicyLoss(
            TokenLoss(tape, "policy_loss", x[0]), s_recording.Parameter(tape.Device, "policy_loss.advantages"),
            s_recording.Parameter(tape.Device, "policy_loss.weights"), s_recording.Parameter(tape.Device, "policy_loss.reference"), 0.3)),
        ["preference_loss"] = (["logits"], (tape, x) => tape.PreferenceLoss(
            TokenLoss(tape, "preference_loss", x[0]), s_recording.Parameter(tape.Device, "preference_loss.reference"), 0.7, out _)),
    };

    public static TheoryData<string, DType> Cases { get; } =
        new(from name in s_operations.Keys from dtype in (DType[])[DType.Float32, DType.Float64] select (name, dtype));

    [Fact]
    public void Everything_that_was_recorded_is_compared() =>
        Assert.Equal(
            s_recording.Names.Select(name => name.Split('.')[0]).Distinct().Order(StringComparer.Ordinal),
            s_operations.Keys.Append("adamw").Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_and_gradients_are_PyTorchs(string name, DType dtype)
    {
        using var device = Device.Cpu(dtype, threads: 1);
        var tape = new Tape(device);
        var (operands, apply) = s_operations[name];
        var tensors = operands.Select(operand => s_recording.Parameter(device, $"{name}.{operand}")).ToArray();
        var y = apply(tape, tensors);
        s_recording.Close(y, $"{name}.y");

        tape.Backward(y.Shape.Count == 1 ? y : Judge(tape, name, y));
        foreach (var (operand, tensor) in operands.Zip(tensors))
            s_recording.Close(tensor.Grad!, $"{name}.{operand}.grad");
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void AdamW_moves_matrices_and_vectors_as_PyTorchs(DType dtype)
    {
        using var device = Device.Cpu(dtype, threads: 1);
        Tensor[] parameters = [s_recording.Parameter(device, "adamw.0.start"), s_recording.Parameter(device, "adamw.1.start")];
        var optimizer = new AdamW(parameters, device, new TrainerOptions { Beta1 = 0.9, Beta2 = 0.95, Epsilon = 1e-8, WeightDecay = 0.1 });
        for (var step = 1; step <= 3; step++)
        {
            for (var i = 0; i < 2; i++)
            {
                parameters[i].BeginGrad();
                Recording.Fill(parameters[i].Grad!, s_recording.Values($"adamw.{i}.grad.{step}"));
            }

            optimizer.Step(step, 1e-3);
            for (var i = 0; i < 2; i++)
                s_recording.Close(parameters[i], $"adamw.{i}.after.{step}");
        }
    }

    private static Tensor TokenLoss(Tape tape, string name, Tensor logits) => tape.TokenLoss(logits, s_recording.Indices(tape, $"{name}.targets"));

    /// <summary>The single number whose gradient was recorded: how well three classes are told apart by a fixed matrix.</summary>
    private static Tensor Judge(Tape tape, string name, Tensor y)
    {
        var judge = s_recording.Parameter(tape.Device, $"{name}.judge");
        var targets = Enumerable.Range(0, y.Shape.Rows).Select(row => 2 * row % 3).ToArray();
        return tape.CrossEntropy(tape.Linear(y, judge), tape.Integers(targets, new Shape(targets.Length)));
    }

    /// <summary>A function of the angles of eight positions, for heads of six.</summary>
    private static Tensor Angles(Device device, Func<double, double> function)
    {
        var table = Tensor.Zeros(device, "", new Shape(8, 3));
        for (var i = 0; i < table.Shape.Count; i++)
            table[i] = function(i / 3 * Math.Pow(10_000, -(i % 3) / 3.0));
        return table;
    }
}
