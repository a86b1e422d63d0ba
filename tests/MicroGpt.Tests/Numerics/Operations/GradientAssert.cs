using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Operations;

/// <summary>Holds what a tape computes backward against how the loss moves when one number moves: central differences.</summary>
internal static class GradientAssert
{
    // The difference's own error is about h² (the third derivative's term) and 10⁻¹⁶ / h (cancellation): together 10⁻¹⁰.
    private const double H = 1e-5;
    private const double Tolerance = 1e-7;

    /// <summary>Checks every gradient of an expression, as the kernels and as the oracle compute it.</summary>
    /// <param name="expression">From operands to any tensor, or to a loss of one number.</param>
    /// <param name="shapes">The operands' shapes.</param>
    public static void MatchesDifferences(Func<Tape, Tensor[], Tensor> expression, params Shape[] shapes)
    {
        using var cpu = Device.Cpu(DType.Float64, threads: 1);
        using var naive = new NaiveDevice();
        Check(cpu, expression, shapes);
        Check(naive, expression, shapes);
    }

    /// <summary>Random numbers of at least 0.05, so that no difference reaches over the rectifier's corner.</summary>
    public static Tensor Parameter(Device device, Shape shape, MersenneTwister random, string name = "")
    {
        var tensor = Tensor.Parameter(device, name, shape);
        for (var i = 0; i < shape.Count; i++)
            tensor[i] = (0.05 + random.NextDouble()) * (random.NextInt32(2) == 0 ? 1 : -1);
        return tensor;
    }

    /// <summary>A single number that depends on all elements: how well three classes are told apart by a fixed matrix.</summary>
    public static Tensor Loss(Tape tape, Tensor y)
    {
        if (y.Shape == new Shape(1))
            return y;
        var classes = Parameter(tape.Device, new Shape(3, y.Shape.Last), new MersenneTwister(11));
        classes.RequiresGrad = false;
        var targets = Enumerable.Range(0, y.Shape.Rows).Select(row => row * 2 % 3).ToArray();
        return tape.CrossEntropy(tape.Linear(y, classes), tape.Integers(targets, new Shape(targets.Length)));
    }

    private static void Check(Device device, Func<Tape, Tensor[], Tensor> expression, Shape[] shapes)
    {
        var random = new MersenneTwister(5);
        var operands = shapes.Select(shape => Parameter(device, shape, random)).ToArray();
        var tape = new Tape(device);
        tape.Backward(Loss(tape, expression(tape, operands)));

        tape.IsRecording = false;
        for (var which = 0; which < operands.Length; which++)
        {
            var operand = operands[which];
            for (var i = 0; i < operand.Shape.Count; i++)
            {
                var value = operand[i];
                var difference = (At(value + H) - At(value - H)) / (2 * H);
                operand[i] = value;
                var gradient = operand.Grad![i];
                Assert.True(
                    Math.Abs(gradient - difference) <= Tolerance * Math.Max(1, Math.Abs(difference)),
                    $"Operand {which} {operand.Shape}, element {i} on {device.Description}: gradient {gradient}, difference {difference}.");

                double At(double moved)
                {
                    operand[i] = moved;
                    tape.Reset();
                    return Loss(tape, expression(tape, operands)).Item;
                }
            }
        }
    }
}
