using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

/// <summary>The operations of alignment against their twins.</summary>
public sealed class AlignmentLossTests
{
    [Theory, ClassData(typeof(Widths))]
    public void Token_losses_are_computed_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype, threads: 2);
        for (var v = 1; v <= 2 * KernelAssert.Lanes(bits, dtype) + 1; v++)
            KernelAssert.SameAsNaive(device, run => TokenLoss(run, 14, v), $"TokenLoss of {v} columns");
        KernelAssert.SameAsNaive(device, run => TokenLoss(run, 300, 65), "TokenLoss of many rows");
        KernelAssert.SameAsNaive(device, run => TokenLoss(run, 0, 7), "TokenLoss of no rows");

        static TokenLoss TokenLoss(OperationRun run, int rows, int columns) => new(
            run.Operand("logits", rows, columns), run.Integers(new Shape(rows), -columns, columns), run.Result("log-sum-exp", rows), run.Result("loss", rows));
    }

    [Theory, ClassData(typeof(Widths))]
    public void Policies_are_judged_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype, threads: 2);
        foreach (var (rows, columns) in ((int, int)[])[(1, 1), (3, 7), (40, 50), (0, 3)])
            foreach (var withReference in (bool[])[false, true])
                KernelAssert.SameAsNaive(device, run => PolicyLoss(run, rows, columns, withReference), $"PolicyLoss of {rows} × {columns}");

        static PolicyLoss PolicyLoss(OperationRun run, int rows, int columns, bool withReference) => new(
            run.Operand("token loss", rows, columns), run.Changed("advantages", rows, columns), run.Changed("weights", rows, columns),
            withReference ? run.Changed("reference", rows, columns) : null, withReference ? 0.3 : 0, run.Result("loss", 1));
    }

    [Theory, ClassData(typeof(Widths))]
    public void Preferences_are_judged_as_by_the_formula(int bits, DType dtype)
    {
        using var device = KernelAssert.Create(bits, dtype, threads: 2);
        foreach (var (pairs, columns) in ((int, int)[])[(1, 1), (3, 7), (20, 50), (0, 3)])
            KernelAssert.SameAsNaive(device, run => PreferenceLoss(run, pairs, columns), $"PreferenceLoss of {pairs} × {columns}");

        static PreferenceLoss PreferenceLoss(OperationRun run, int pairs, int columns) => new(
            run.Operand("token loss", 2 * pairs, columns), run.Changed("reference", pairs), 0.7, run.Result("margins", pairs), run.Result("loss", 1));
    }
}
