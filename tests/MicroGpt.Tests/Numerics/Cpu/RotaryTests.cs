using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class RotaryTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_head_size_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var half = 1; half <= 2 * KernelAssert.Lanes(bits, dtype) + 1; half++)
            Compare(device, B: 1 + half % 2, T: 1 + half % 3, heads: 1 + half % 3, keyValueHeads: 1 + half % 2, half, past: half % 4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    public void Any_number_of_positions_is_computed_as_by_the_formula(int T)
    {
        using var device = KernelAssert.Create(512, DType.Float32);
        Compare(device, B: 2, T, heads: 2, keyValueHeads: 1, half: 3, past: 0);
        Compare(device, B: 2, T, heads: 2, keyValueHeads: 1, half: 3, past: 7);
    }

    [Fact]
    public void Several_threads_share_the_rows_without_a_gap()
    {
        using var device = KernelAssert.Create(256, DType.Float64, threads: 3);
        Compare(device, B: 7, T: 40, heads: 6, keyValueHeads: 2, half: 12, past: 0);
    }

    [Fact]
    public void Frozen_parts_get_no_gradient()
    {
        using var device = KernelAssert.Create(256, DType.Float32);
        for (var wanted = 0; wanted < 8; wanted++)
        {
            var bits = wanted;
            KernelAssert.SameAsNaive(
                device,
                run =>
                {
                    var operation = Create(run, 2, 3, 2, 1, 5, 0);
                    operation.Queries.RequiresGrad = (bits & 1) != 0;
                    operation.Keys.RequiresGrad = (bits & 2) != 0;
                    operation.Values.RequiresGrad = (bits & 4) != 0;
                    return operation;
                },
                $"Rotary with gradients {bits}");
        }
    }

    private static void Compare(Device device, int B, int T, int heads, int keyValueHeads, int half, int past) =>
        KernelAssert.SameAsNaive(
            device, run => Create(run, B, T, heads, keyValueHeads, half, past),
            $"Rotary of {B} × {T} positions behind {past}, {heads} heads on {keyValueHeads} of {2 * half}");

    private static Rotary Create(OperationRun run, int B, int T, int heads, int keyValueHeads, int half, int past) => new(
        run.Operand("queries", B, T, heads * 2 * half), run.Operand("keys", B, T, keyValueHeads * 2 * half),
        run.Operand("values", B, T, keyValueHeads * 2 * half), run.Changed("cosines", past + T + 1, half),
        run.Changed("sines", past + T + 1, half), past, run.Result("qkv", B, T, (heads + 2 * keyValueHeads) * 2 * half));
}
