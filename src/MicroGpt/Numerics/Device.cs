namespace MicroGpt.Numerics;

/// <summary>
/// Where tensors live and operations run. A tape and a model know this class and nothing behind it; a device implements every
/// operation's forward and backward for one element type. <see cref="Cpu"/> is the one there is.
/// </summary>
public abstract class Device : IDisposable
{
    private static readonly Lazy<Device> s_default = new(() => Cpu());

    private protected Device()
    {
    }

    /// <summary>The processor, in single precision, with every core: shared, and never disposed.</summary>
    public static Device Default => s_default.Value;

    /// <summary>A device of its own on the processor.</summary>
    /// <param name="dtype">The element type of parameters and activations: <see cref="DType.Float32"/> or <see cref="DType.Float64"/>.</param>
    /// <param name="threads">How many threads compute, or null for one a core. Results do not depend on it, to the last bit.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is less than 1 or more than 1024.</exception>
    /// <exception cref="NotSupportedException"><paramref name="dtype"/> is not a floating-point type.</exception>
    public static Device Cpu(DType dtype = DType.Float32, int? threads = null) =>
        MicroGpt.Numerics.Cpu.CpuDevice.Create(dtype, threads ?? Environment.ProcessorCount);

    /// <summary>The element type of parameters and activations.</summary>
    public abstract DType DType { get; }

    /// <summary>The device in words: instruction set and threads.</summary>
    public abstract string Description { get; }

    /// <summary>
    /// The most floating-point operations a second that this device can do, two a multiply-add, measured now in some hundredths of a second;
    /// null where that is not known. A part of it is what training can use.
    /// </summary>
    public virtual double? MeasurePeak() => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (s_default.IsValueCreated && ReferenceEquals(this, s_default.Value))
            return; // others share it
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what the device holds: its threads.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>
    /// A device of the same kind that computes nothing: its tensors have shapes but no memory, and every operation asks for what it
    /// would ask for. So what a model takes is found by running it. (PyTorch calls such a device "meta".)
    /// </summary>
    /// <exception cref="NotSupportedException">There is none of this kind.</exception>
    public virtual Device CreateMeta() => throw new NotSupportedException($"There is no meta device like {Description}.");

    /// <summary>Whether this is a device that computes nothing.</summary>
    public virtual bool IsMeta => false;

    /// <summary>The memory that operations have needed for themselves, besides that of tensors.</summary>
    internal virtual long WorkspaceBytes => 0;

    /// <summary>Refuses what can't be allocated here, before it is tried.</summary>
    /// <exception cref="InsufficientMemoryException">There is not that much.</exception>
    internal virtual void CheckRoom(double bytes) => Storage.CheckRoom(bytes);

    /// <summary>Memory for tensors.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="clear">Whether it is zeros; otherwise it is arbitrary.</param>
    internal virtual Storage Allocate(long bytes, bool clear = true) => new(bytes, clear);

    // Forward fills the operation's outputs. Backward reads the output's gradient and writes or adds to those of the inputs,
    // as Tensor.BeginGrad says, for inputs that require one.

    internal abstract void Forward(in Embedding operation);
    internal abstract void Backward(in Embedding operation);

    internal abstract void Forward(in Linear operation);
    internal abstract void Backward(in Linear operation);

    internal abstract void Forward(in Add operation);
    internal abstract void Backward(in Add operation);

    internal abstract void Forward(in WeightedSum operation);
    internal abstract void Backward(in WeightedSum operation);

    internal abstract void Forward(in Columns operation);
    internal abstract void Backward(in Columns operation);

    internal abstract void Forward(in Shift operation);
    internal abstract void Backward(in Shift operation);

    internal abstract void Forward(in SigmoidGate operation);
    internal abstract void Backward(in SigmoidGate operation);

    internal abstract void Forward(in LayerNorm operation);
    internal abstract void Backward(in LayerNorm operation);

    internal abstract void Forward(in RmsNorm operation);
    internal abstract void Backward(in RmsNorm operation);

    internal abstract void Forward(in Relu operation);
    internal abstract void Backward(in Relu operation);

    internal abstract void Forward(in ReluSquared operation);
    internal abstract void Backward(in ReluSquared operation);

    internal abstract void Forward(in Gelu operation);
    internal abstract void Backward(in Gelu operation);

    internal abstract void Forward(in GeluErf operation);
    internal abstract void Backward(in GeluErf operation);

    internal abstract void Forward(in SwiGlu operation);
    internal abstract void Backward(in SwiGlu operation);

    internal abstract void Forward(in Rotary operation);
    internal abstract void Backward(in Rotary operation);

    internal abstract void Forward(in CausalAttention operation);
    internal abstract void Backward(in CausalAttention operation);

    internal abstract void Forward(in SoftCap operation);
    internal abstract void Backward(in SoftCap operation);

    internal abstract void Forward(in Tanh operation);
    internal abstract void Backward(in Tanh operation);

    internal abstract void Forward(in Recurrent operation);
    internal abstract void Backward(in Recurrent operation);

    internal abstract void Forward(in Dropout operation);
    internal abstract void Backward(in Dropout operation);

    internal abstract void Forward(in RowNorms operation);

    internal abstract void Forward(in Magnitudes operation);
    internal abstract void Backward(in Magnitudes operation);

    internal abstract void Forward(in CrossEntropy operation);
    internal abstract void Backward(in CrossEntropy operation);

    internal abstract void Forward(in TokenLoss operation);
    internal abstract void Backward(in TokenLoss operation);

    internal abstract void Forward(in PolicyLoss operation);
    internal abstract void Backward(in PolicyLoss operation);

    internal abstract void Forward(in PreferenceLoss operation);
    internal abstract void Backward(in PreferenceLoss operation);

    /// <summary>x[i] = value.</summary>
    internal abstract void Fill(Tensor x, double value);

    /// <summary>Σ x², added up the same way every time.</summary>
    internal abstract double SumOfSquares(Tensor x);

    /// <summary>One step of AdamW on one parameter.</summary>
    internal abstract void Update(in AdamWUpdate update);

    /// <summary>One step of Muon on one matrix.</summary>
    internal abstract void Update(in MuonUpdate update);
}
