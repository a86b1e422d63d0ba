using MicroGpt.Numerics;
using MicroGpt.Tests.Numerics.Cpu;

namespace MicroGpt.Tests.Numerics.Operations;

/// <summary>
/// Every operation, one or two behind each other, with operands picked at random: of any small shape (empty ones too), of right and
/// wrong types, parameters and activations, the same tensor in several places, gradients lent and kept, parts computed again. The
/// kernels and the oracle give the same numbers and gradients or refuse with the same exception.
/// </summary>
public sealed class FuzzTests
{
    private const int Operations = 27;
    private const int Rounds = 600 * Operations;

    [Theory]
    [InlineData(512, DType.Float32)]
    [InlineData(128, DType.Float64)]
    public void Any_operation_on_any_operands_is_refused_or_right(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        using var naive = new NaiveDevice();
        var (tape, naiveTape) = (new Tape(device), new Tape(naive));
        var random = new MersenneTwister(3);
        var (done, refused) = (new int[Operations], new int[Operations]);
        for (var round = 0; round < Rounds; round++)
        {
            var seed = random.NextUInt32();
            var (expected, right) = Attempt(naiveTape, seed, round % Operations);
            var (actual, result) = Attempt(tape, seed, round % Operations);
            Assert.True(expected == actual, $"Round {round}: {actual} instead of {expected}.");
            Assert.Equal(right.Count, result.Count);
            foreach (var (one, other) in right.Zip(result))
                KernelAssert.Close(one, other, $"Round {round}");
            (expected.Length == 0 ? done : refused)[round % Operations]++;
        }

        Assert.True(done.Min() >= 15 && refused.Min() >= 5, $"Done {string.Join(' ', done)}, refused {string.Join(' ', refused)}.");
    }

    /// <summary>One operation, forward and backward.</summary>
    /// <returns>What it was refused with, or nothing and the result with all gradients.</returns>
    private static (string Refusal, List<Tensor> Results) Attempt(Tape tape, uint seed, int operation)
    {
        var random = new MersenneTwister(seed);
        tape.Reset();
        tape.IsRecording = random.NextInt32(4) > (operation == Operations - 1 ? 2 : 0); // the last is the one with a cache
        (tape.Recomputes, tape.RetainsGradients) = (random.NextInt32(2) == 0, random.NextInt32(4) == 0);
        var parameters = Enumerable.Range(0, 40).Select(_ => Operand(tape, random)).ToArray();
        // An activation may take over the gradient of what is computed from it, a parameter never does.
        Tensor[] pool = [.. parameters.Select(tensor => tensor.DType == DType.Int32 || random.NextInt32(2) == 0 ? tensor : tape.Add(tensor, tensor))];
        Tensor y;
        try
        {
            y = Apply(tape, operation, random, pool);
            if (random.NextInt32(3) == 0)
                y = Apply(tape, random.NextInt32(Operations), random, [.. pool, .. Enumerable.Repeat(y, 40)]);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return (exception.GetType().Name, []);
        }

        if (tape.IsRecording)
            tape.Backward(GradientAssert.Loss(tape, y));
        return ("", [y, .. pool, .. parameters.Where(operand => operand.HasGrad).Select(operand => operand.Grad!)]);
    }

    private static Tensor Operand(Tape tape, MersenneTwister random)
    {
        var sizes = new int[1 + random.NextInt32(3)];
        for (var i = 0; i < sizes.Length; i++)
            sizes[i] = random.NextInt32(9) switch { 0 => 0, <= 3 => 1, <= 7 => 3, _ => 6 }; // few, so that they often fit
        var shape = new Shape(sizes);
        if (random.NextInt32(4) == 0)
            return tape.Range(random.NextInt32(4) - 1, shape);
        var tensor = GradientAssert.Parameter(tape.Device, shape, random);
        tensor.RequiresGrad = random.NextInt32(4) > 0;
        return tensor;
    }

    private static Tensor Apply(Tape tape, int operation, MersenneTwister random, Tensor[] pool)
    {
        var x = Any(tensor => tensor.DType == (operation == 1 ? DType.Int32 : tape.Device.DType));
        var rows = x.Shape.Rows;
        switch (operation)
        {
            case 0:
                return tape.Add(x, Any(b => b.Shape == x.Shape));
            case 1:
                return tape.Embedding(Any(table => table.Shape.Rank == 2 && table.Shape[0] > 2), x);
            case 2:
                var weight = Any(w => w.Shape.Rank == 2 && w.Shape.Last == x.Shape.Last);
                return tape.Linear(
                    x, weight, Perhaps(bias => bias.Shape == new Shape(weight.Shape[0])),
                    Perhaps(residual => residual.Shape == x.Shape.WithLast(weight.Shape[0])));
            case 3:
                return tape.LayerNorm(x, Perhaps(IsRow), Perhaps(IsRow));
            case 4:
                int? size = random.NextInt32(3) == 0 ? 1 + random.NextInt32(3) : null;
                return tape.RmsNorm(x, Perhaps(w => w.Shape == new Shape(size ?? x.Shape.Last)), size: size);
            case 5:
                return tape.Relu(x);
            case 6:
                return tape.Gelu(x);
            case 7:
                return tape.CrossEntropy(x, Any(targets => targets.DType == DType.Int32 && targets.Shape.Count == rows));
            case 8:
                return tape.CausalAttention(Any(qkv => qkv.Shape.Rank == 3), random.NextInt32(3), 1, random.NextInt32(2) == 0 ? null : random.NextInt32(5));
            case 9:
                return tape.GeluErf(x);
            case 10:
                return tape.SwiGlu(x, Any(up => up.Shape == x.Shape));
            case 11:
                var queries = Any(q => q.Shape.Rank == 3 && q.Shape.Last == 6);
                var keys = Any(k => k.Shape == queries.Shape);
                var angles = Any(cosines => cosines.Shape.Rank == 2 && cosines.Shape.Last is 1 or 3 && cosines.Shape[0] >= queries.Shape[1]);
                return tape.Rotary(queries, keys, Any(v => v.Shape == keys.Shape), angles, Any(sines => sines.Shape == angles.Shape), random.NextInt32(3));
            case 12:
                return tape.Tanh(x);
            case 13:
                var cell = (RecurrentCell)random.NextInt32(3);
                var inputs = Any(gates => gates.Shape.Rank == 3 && gates.Shape.Last == (cell == RecurrentCell.Lstm ? 0 : 3));
                var (G, H) = cell switch { RecurrentCell.Rnn => (1, 3), RecurrentCell.Gru => (3, 1), _ => (4, 0) };
                var matrix = Any(w => w.Shape == new Shape(G * H, H));
                return tape.Recurrent(cell, inputs, matrix, Perhaps(bias => bias.Shape == new Shape(G * H)));
            case 14:
                return tape.Recompute(x, (tape, x) => tape.Add(tape.Gelu(tape.RmsNorm(x)), x));
            case 15:
                return tape.ReluSquared(x);
            case 16:
                return tape.SoftCap(x, random.NextInt32(5));
            case 17:
                return tape.Columns(x, random.NextInt32(4));
            case 18:
                return tape.SigmoidGate(x, Any(gates => IsGate(gates.Shape)), random.NextInt32(4));
            case 19:
                return tape.WeightedSum(x, Number(), Any(b => b.Shape == x.Shape), Number());
            case 20:
                return tape.Shift(x, tape.IsRecording && random.NextInt32(4) > 0 ? null : Perhaps(row => IsBefore(row.Shape)), random.NextInt32(4) / 2);
            case 21:
                return tape.TokenLoss(x, Any(targets => targets.DType == DType.Int32 && targets.Shape.Count == rows));
            case 22:
                return tape.PolicyLoss(x, Any(IsLikeX), Any(IsLikeX), Perhaps(IsLikeX), random.NextInt32(3));
            case 23:
                return tape.PreferenceLoss(x, Any(margins => margins.Shape.Rank == 1 && 2 * margins.Shape.Count == rows), random.NextInt32(3), out _);
            case 24:
                tape.DropoutSeed = 1;
                return tape.Dropout(x, (1 + random.NextInt32(2)) / 2.0, place: 1);
            case 25:
                return tape.Magnitudes(x, Any(u => u.Shape == x.Shape), Any(IsRow), Perhaps(IsRow), Perhaps(r => r.Shape == x.Shape), Any(IsRow), 0.5);
            default:
                var heads = random.NextInt32(2) == 0 ? 1 : 4; // rows of 3 and 6 numbers
                var qkv = Any(qkv => qkv.Shape.Rank == 3 && qkv.Shape[1] < 6 && qkv.Shape.Last == heads + 2);
                return tape.CausalAttention(qkv, heads, 1, Any(Cache), Any(Cache), random.NextInt32(4) - 1);

                bool Cache(Tensor cache) => cache.DType != DType.Int32 && cache.Shape.Rank == 3
                    && cache.Shape[0] == qkv.Shape[0] && cache.Shape[1] > qkv.Shape[1] && cache.Shape.Last == 1;
        }

        Coefficient Number() => new(random.NextInt32(3) - 1, Perhaps(learned => learned.DType != DType.Int32), random.NextInt32(3));

        bool IsLikeX(Tensor y) => y.Shape == x.Shape && y.DType == x.DType;

        bool IsGate(Shape gates) => gates.Rank == x.Shape.Rank && gates.Rows == x.Shape.Rows && gates.Last is 1 or 3;

        bool IsBefore(Shape row) => x.Shape.Rank == 3 && row == new Shape(x.Shape[0], x.Shape.Last);

        bool IsRow(Tensor w) => w.Shape == new Shape(x.Shape.Last);

        // Mostly what fits, so that most of the rounds compute something; sometimes anything at all.
        Tensor Any(Func<Tensor, bool> fits)
        {
            var fitting = random.NextInt32(8) == 0 ? pool : [.. pool.Where(fits)];
            return fitting.Length == 0 ? pool[0] : fitting[random.NextInt32(fitting.Length)];
        }

        Tensor? Perhaps(Func<Tensor, bool> fits) => random.NextInt32(2) == 0 ? null : Any(fits);
    }
}
