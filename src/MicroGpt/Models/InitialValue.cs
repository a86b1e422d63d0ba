using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>How a parameter starts out: element by element, some of them drawn.</summary>
internal abstract record InitialValue
{
    public static InitialValue Zero { get; } = new Line(0, 0);

    public static InitialValue One { get; } = new Line(1, 1);

    /// <summary>Normally distributed about 0.</summary>
    public static InitialValue Gaussian(double deviation) => new GaussianValue(deviation);

    /// <summary>Anything from one number to another.</summary>
    public static InitialValue Uniform(double least, double most) => new UniformValue(least, most);

    /// <summary>From the first element to the last in even steps.</summary>
    public static InitialValue Even(double first, double last) => new Line(first, last);

    /// <summary>The next element.</summary>
    public abstract double Draw(MersenneTwister random, int index, int count);

    private sealed record GaussianValue(double Deviation) : InitialValue
    {
        public override double Draw(MersenneTwister random, int index, int count) => random.NextGaussian(0, Deviation);
    }

    private sealed record UniformValue(double Least, double Most) : InitialValue
    {
        public override double Draw(MersenneTwister random, int index, int count) => Least + (Most - Least) * random.NextDouble();
    }

    private sealed record Line(double First, double Last) : InitialValue
    {
        public override double Draw(MersenneTwister random, int index, int count) => First + (Last - First) * index / Math.Max(count - 1, 1);
    }
}
