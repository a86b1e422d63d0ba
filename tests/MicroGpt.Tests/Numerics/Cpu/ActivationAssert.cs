using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

/// <summary>What activations have in common that are x times a gate.</summary>
internal static class ActivationAssert
{
    /// <summary>Up to the largest number, the value is x or 0 and the slope 1 or 0; what is not a number stays so.</summary>
    public static void IsTheIdentityOrNothingFarFromZero(int bits, DType dtype, Func<Tensor, Tensor, IOperation> activation)
    {
        using var device = KernelAssert.Create(bits, dtype);
        var largest = dtype == DType.Float32 ? float.MaxValue : double.MaxValue;
        double[] far = [90, 1e4, 1e12, 3e18, 1e19, 2e19, 1e30, largest];
        var run = new OperationRun(device, addToGradients: false);
        var x = run.Operand("x", 2 * far.Length + 1);
        var y = run.Result("y", 2 * far.Length + 1);
        for (var i = 0; i < far.Length; i++)
            (x[2 * i], x[2 * i + 1]) = (far[i], -far[i]);
        x[2 * far.Length] = double.NaN;
        var operation = activation(x, y);
        run.Forward(operation);
        run.Backward(operation);
        for (var i = 0; i < far.Length; i++)
        {
            Assert.Equal(x[2 * i], y[2 * i]);
            Assert.Equal(0, y[2 * i + 1], 1e-30);
            Assert.Equal(y.Grad![2 * i], x.Grad![2 * i]);
            Assert.Equal(0, x.Grad[2 * i + 1], 1e-20);
        }

        Assert.True(double.IsNaN(y[2 * far.Length]) && double.IsNaN(x.Grad![2 * far.Length]));
    }

    /// <summary>The largest error of an activation of floats between two numbers, in units of the last place.</summary>
    public static double WorstUlps(int bits, float least, float most, Func<Tensor, Tensor, IOperation> activation, Func<double, double> exact)
    {
        using var device = KernelAssert.Create(bits, DType.Float32);
        float[] values = [.. VectorFunction.Singles(least, most, 20011)];
        var (x, y) = (Tensor.Zeros(device, "x", new Shape(values.Length)), Tensor.Zeros(device, "y", new Shape(values.Length)));
        values.CopyTo(x.AsSpan<float>());
        activation(x, y).Forward(device);
        return values.Zip(y.AsSpan<float>().ToArray(), (value, result) => VectorFunction.Ulps(result, exact(value))).Max();
    }
}
