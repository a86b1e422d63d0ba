using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class LinearTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_number_of_columns_up_to_beyond_two_panels_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        var lanes = KernelAssert.Lanes(bits, dtype);
        for (var n = 1; n <= 4 * lanes + 1; n++) // a panel is two registers wide
            Compare(device, 1 + n * 5 % 27, n, 1 + n * 7 % (2 * lanes + 1));
    }

    [Theory, ClassData(typeof(Widths))]
    public void Every_length_of_the_sums_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var k = 0; k <= 2 * KernelAssert.Lanes(bits, dtype) + 1; k++)
            Compare(device, 1 + k * 3 % 27, 1 + k * 5 % 9, k);
    }

    [Theory, ClassData(typeof(Widths))]
    public void Every_number_of_rows_around_a_tile_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var m = 0; m <= 26; m++)
        {
            var lanes = KernelAssert.Lanes(bits, dtype);
            Compare(device, m, lanes + 3, 5);
            Compare(device, m, lanes, lanes); // one register wide
            Compare(device, m, 3 * lanes, 2 * lanes);
        }

        Compare(device, 100, 3, 2); // more rows than an item of 96
        Compare(device, 2, 3, 100);
        Compare(device, 3, 100, 2); // the same for the weights' gradient
    }

    [Theory, ClassData(typeof(Widths))]
    public void Sums_longer_than_a_block_are_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        Compare(device, 13, 300, 1024); // rows of 4 or 8 KiB, which are copied
        Compare(device, 100, 70, 1024);
        Compare(device, 13, 5, 1600); // 768 + 768 + 64 terms
        Compare(device, 1600, 13, 5); // the same for the weights' gradient
    }

    [Theory, ClassData(typeof(Widths))]
    public void Factors_whose_rows_are_far_apart_are_packed_whatever_is_left_at_their_ends(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        var lanes = KernelAssert.Lanes(bits, dtype);
        foreach (var more in new[] { 0, 1, lanes - 1, lanes, lanes + 1, 2 * lanes - 1 }) // beyond 512: 2 KiB of floats
        {
            Compare(device, 64, 9, 512 + more); // B in both gradients; the weights' is short
            Compare(device, 65, 512 + more, 9); // A in the weights' gradient
        }

        Compare(device, 66, 530, 520); // both, and the gradient is tall
    }

    [Fact]
    public void Several_threads_share_panels_and_rows_without_a_gap()
    {
        using var device = KernelAssert.Create(256, DType.Float64, threads: 3);
        Compare(device, 130, 70, 40);
    }

    private static void Compare(Device device, int M, int N, int K)
    {
        foreach (var bias in new[] { false, true })
            foreach (var residual in new[] { false, true })
                KernelAssert.SameAsNaive(
                    device,
                    run => new Linear(
                        run.Operand("x", M, K), run.Operand("weight", N, K), bias ? run.Operand("bias", N) : null,
                        residual ? run.Operand("residual", M, N) : null, run.Result("y", M, N)),
                    $"Linear of {M} × {K} with {N}{(bias ? " and bias" : "")}{(residual ? " and residual" : "")}");
    }
}
