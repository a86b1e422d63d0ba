namespace MicroGpt.Numerics;

/// <summary>y = x / (1 − p) for the elements that are kept, 0 for the others.</summary>
internal readonly record struct Dropout(
    Tensor X, // any shape
    double Probability,
    ulong Seed,
    Tensor Y) // the same
    : IOperation
{
    public Operands Inputs => new(X);

    public Tensor Output => Y;

    /// <summary>
    /// Whether an element is kept: a matter of the seed and the element's place alone, so that any number of threads, and a
    /// second forward pass, choose alike (SplitMix64, Steele et al. 2014).
    /// </summary>
    public static bool Keeps(ulong seed, long index, uint threshold) => (uint)(Mix(seed + (ulong)index * 0x9E3779B97F4A7C15) >> 32) >= threshold;

    /// <summary>The first 32 bits that an element must not be below to be kept.</summary>
    public uint Threshold => (uint)Math.Min(uint.MaxValue, Probability * 4294967296.0);

    /// <summary>Another seed, of two.</summary>
    public static ulong Mix(ulong seed, ulong other) => Mix(seed + Mix(other + 0x9E3779B97F4A7C15));

    public void Forward(Device device) => device.Forward(this);

    public void Backward(Device device) => device.Backward(this);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

public sealed unsafe partial class Tape
{
    /// <summary>What <see cref="Dropout"/> draws from in this step; null where nothing is dropped, as when a model is used.</summary>
    public ulong? DropoutSeed { get; set; }

    /// <summary>
    /// Elements set to zero at random, the others enlarged so that sums stay as they are in the mean (Srivastava et al. 2014). Without
    /// a <see cref="DropoutSeed"/> these are the elements as they are.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="probability">How likely each element is dropped, from 0 to below 1.</param>
    /// <param name="place">Where in a model this is: elements of different places are dropped independently.</param>
    /// <exception cref="ArgumentException">The elements are not of the device's type, or the probability is none.</exception>
    public Tensor Dropout(Tensor x, double probability, int place)
    {
        Check.Type(x, Device.DType);
        if (!(probability is >= 0 and < 1))
            throw new ArgumentException(FormattableString.Invariant($"The probability of dropping must be from 0 to below 1, not {probability}."), nameof(probability));
        if (DropoutSeed is not { } seed || probability == 0)
            return x;
        var y = Create(x.Shape);
        Run(new Dropout(x, probability, Numerics.Dropout.Mix(seed, (ulong)place), y));
        return y;
    }
}
