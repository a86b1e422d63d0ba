using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

public sealed class GeluTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Every_length_is_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        for (var n = 0; n <= 2 * KernelAssert.Lanes(bits, dtype) + 1; n++)
            KernelAssert.SameAsNaive(device, run => new Gelu(run.Operand("x", 3, n), run.Result("y", 3, n)), $"Gelu of 3 × {n}");
    }

    [Theory, ClassData(typeof(Widths))]
    public void Far_from_zero_it_is_the_identity_or_nothing(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype);
        KernelAssert.SameAsNaive(
            device,
            run =>
            {
                var x = run.Operand("x", 41);
                for (var i = 0; i < 41; i++)
                    x[i] = i * i * Math.Sign(i % 2 - 0.5) / 4.0; // −400 … 380
                return new Gelu(x, run.Result("y", 41));
            },
            "Gelu far from zero");
    }
}
