using MicroGpt.Numerics;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>The optimizer against the formula as the paper has it, number by number.</summary>
public sealed class AdamWTests
{
    private static readonly TrainerOptions s_options = new() { Beta1 = 0.9, Beta2 = 0.95, Epsilon = 1e-8, WeightDecay = 0.1 };

    [Theory]
    [InlineData(DType.Float32, 1e-6)]
    [InlineData(DType.Float64, 1e-14)]
    public void Steps_are_those_of_the_formula(DType dtype, double tolerance)
    {
        using var device = Device.Cpu(dtype, threads: 2);
        // 37: a whole vector and a rest for every vector length; the bias has rank 1 and does not decay.
        Tensor[] parameters = [Tensor.Parameter(device, "weight", new Shape(1, 37)), Tensor.Parameter(device, "bias", new Shape(37))];
        var random = new MersenneTwister(1);
        foreach (var parameter in parameters)
            for (var i = 0; i < 37; i++)
                parameter[i] = (float)random.NextGaussian();
        var expected = parameters.Select(parameter => Enumerable.Range(0, 37).Select(i => new Scalar(parameter[i])).ToArray()).ToArray();

        var optimizer = new AdamW(parameters, device, s_options);
        for (var step = 1; step <= 10; step++)
        {
            var (rate, scale) = (0.1 / step, step % 2 == 0 ? 0.5 : 1);
            for (var p = 0; p < 2; p++)
            {
                parameters[p].BeginGrad();
                for (var i = 0; i < 37; i++)
                {
                    parameters[p].Grad![i] = (float)random.NextGaussian(0, 3);
                    expected[p][i].Update(parameters[p].Grad![i] * scale, rate, p == 0 ? s_options.WeightDecay : 0, step);
                }
            }

            optimizer.Step(step, rate, scale);
            for (var p = 0; p < 2; p++)
                for (var i = 0; i < 37; i++)
                    Assert.Equal(expected[p][i].Value, parameters[p][i], tolerance * 10);
        }
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays_as_it_is()
    {
        using var device = Device.Cpu(threads: 1);
        var parameter = Tensor.Parameter(device, "x", new Shape(1, 3));
        parameter[0] = 5;
        var optimizer = new AdamW([parameter], device, s_options);
        optimizer.Step(1, 0.1);
        Assert.Equal(5, parameter[0]);
        Assert.Equal(0, optimizer.GradientNorm());
    }

    [Fact]
    public void A_step_forgets_the_gradient()
    {
        using var device = Device.Cpu(threads: 1);
        var parameter = Tensor.Parameter(device, "x", new Shape(3));
        parameter.BeginGrad();
        var optimizer = new AdamW([parameter], device, s_options);
        optimizer.Step(1, 0.1);
        Assert.False(parameter.HasGrad);
    }

    [Fact]
    public void The_norm_is_that_of_all_gradients_together()
    {
        using var device = Device.Cpu(threads: 2);
        Tensor[] parameters = [Tensor.Parameter(device, "a", new Shape(100, 100)), Tensor.Parameter(device, "b", new Shape(1))];
        foreach (var parameter in parameters)
        {
            parameter.BeginGrad();
            for (var i = 0; i < parameter.Shape.Count; i++)
                parameter.Grad[i] = -0.5;
        }

        Assert.Equal(0.5 * Math.Sqrt(10001), new AdamW(parameters, device, s_options).GradientNorm(), 1e-4);
    }

    [Fact]
    public void Moments_have_names_for_the_checkpoint()
    {
        using var device = Device.Cpu(threads: 1);
        var optimizer = new AdamW([Tensor.Parameter(device, "x", new Shape(2))], device, s_options);
        Assert.Equal(["mean.x", "variance.x"], optimizer.Moments.Select(moment => moment.Name));
    }

    private sealed class Scalar(double value)
    {
        private double _mean, _variance;

        public double Value { get; private set; } = value;

        public void Update(double gradient, double rate, double decay, int step)
        {
            _mean = s_options.Beta1 * _mean + (1 - s_options.Beta1) * gradient;
            _variance = s_options.Beta2 * _variance + (1 - s_options.Beta2) * gradient * gradient;
            var mean = _mean / (1 - Math.Pow(s_options.Beta1, step));
            var variance = _variance / (1 - Math.Pow(s_options.Beta2, step));
            Value -= rate * decay * Value;
            Value -= rate * mean / (Math.Sqrt(variance) + s_options.Epsilon);
        }
    }
}
