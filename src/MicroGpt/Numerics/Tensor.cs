using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MicroGpt.Numerics;

/// <summary>
/// Numbers in memory with a shape, and room for their gradient. A tensor is either a parameter, which owns its memory, or an
/// activation, which a <see cref="Tape"/> hands out and takes back at its next <see cref="Tape.Reset"/>.
/// </summary>
public sealed unsafe class Tensor
{
    private readonly Device? _device; // of a parameter, to allocate its gradient on first use
    private readonly Tape? _tape;     // of an activation, which lends it memory for its gradient
    private Tensor? _grad;
    private Storage? _storage;        // keeps the memory reachable
    private byte* _pointer;

    internal Tensor()
    {
    }

    /// <summary>An activation of a tape, to be bound to memory.</summary>
    internal Tensor(Tape tape) => _tape = tape;

    private Tensor(Device device, string name, Shape shape, bool requiresGrad)
    {
        _device = device;
        Name = name;
        RequiresGrad = requiresGrad;
        var storage = device.Allocate((long)shape.Count * device.DType.SizeInBytes());
        Bind(shape, device.DType, storage, storage.Pointer);
    }

    /// <summary>A parameter of a model, all zeros, in the element type of the device.</summary>
    public static Tensor Parameter(Device device, string name, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new Tensor(device, name, shape, requiresGrad: true);
    }

    /// <summary>Memory that is kept from step to step without a gradient: an optimizer's moments, a key-value cache.</summary>
    public static Tensor Zeros(Device device, string name, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new Tensor(device, name, shape, requiresGrad: false);
    }

    /// <summary>The name in checkpoints; empty for activations.</summary>
    public string Name { get; } = "";

    /// <summary>The sizes of the dimensions.</summary>
    public Shape Shape { get; private set; }

    /// <summary>The type of the elements.</summary>
    public DType DType { get; private set; }

    /// <summary>Whether a backward pass computes this tensor's gradient; set it to false to freeze a parameter.</summary>
    public bool RequiresGrad { get; set; }

    /// <summary>
    /// The gradient, of the same shape, or null where none has been computed yet; an activation's is there after a backward pass
    /// only if <see cref="Tape.RetainsGradients"/>.
    /// </summary>
    public Tensor? Grad => _tape is null || HasGrad ? _grad : null;

    /// <summary>
    /// Whether <see cref="Grad"/> holds something: false after <see cref="ClearGrad"/>, when whatever is in that memory is stale
    /// and the next backward pass overwrites it instead of adding to it.
    /// </summary>
    public bool HasGrad { get; internal set; }

    /// <summary>Forgets the gradient, at no cost: the next backward pass writes where it would have added.</summary>
    public void ClearGrad() => HasGrad = false;

    /// <summary>The elements, for reading and writing.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds elements of another type, or has no memory.</exception>
    public Span<TElement> AsSpan<TElement>() where TElement : unmanaged
    {
        if (DTypes.Of<TElement>() != DType)
            throw new InvalidOperationException($"The tensor holds {DType}, not {typeof(TElement).Name}.");
        if (_storage is not { HasMemory: true } && Shape.Count > 0)
            throw new InvalidOperationException($"This tensor {Shape} has no memory: its device computes nothing, or its memory was given back.");
        return new Span<TElement>(_pointer, Shape.Count);
    }

    /// <summary>One element as a double, whatever the element type.</summary>
    [IndexerName("Element")] // leaves the name Item, as PyTorch has it, to the property below
    public double this[int index]
    {
        get => DType switch
        {
            DType.Float32 => AsSpan<float>()[index],
            DType.Float64 => AsSpan<double>()[index],
            _ => AsSpan<int>()[index],
        };
        set
        {
            switch (DType)
            {
                case DType.Float32: AsSpan<float>()[index] = (float)value; break;
                case DType.Float64: AsSpan<double>()[index] = value; break;
                default: AsSpan<int>()[index] = (int)value; break;
            }
        }
    }

    /// <summary>The only element of a tensor of one element: a loss, say.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one element.</exception>
    public double Item =>
        Shape.Count == 1 ? this[0] : throw new InvalidOperationException($"A tensor of shape {Shape} is not a single number.");

    /// <summary>The first element that is infinite or not a number, or −1.</summary>
    internal int IndexOfNonFinite()
    {
        return DType switch
        {
            DType.Float32 => IndexIn(AsSpan<float>()),
            DType.Float64 => IndexIn(AsSpan<double>()),
            _ => -1,
        };

        static int IndexIn<F>(ReadOnlySpan<F> values) where F : System.Numerics.INumberBase<F>
        {
            for (var i = 0; i < values.Length; i++)
                if (!F.IsFinite(values[i]))
                    return i;
            return -1;
        }
    }

    /// <summary>The elements' memory as bytes, little-endian: what checkpoints store.</summary>
    internal Span<byte> Bytes => new(_pointer, checked(Shape.Count * DType.SizeInBytes()));

    internal Storage Storage => _storage!;

    internal byte* Address => _pointer;

    internal TElement* Pointer<TElement>() where TElement : unmanaged
    {
        System.Diagnostics.Debug.Assert(DTypes.Of<TElement>() == DType, "A kernel reads a tensor of another type.");
        return (TElement*)_pointer;
    }

    /// <summary>Points the tensor at memory, which it keeps reachable. A tape does this anew for its activations at every step.</summary>
    internal void Bind(Shape shape, DType dtype, Storage storage, byte* pointer)
    {
        Shape = shape;
        DType = dtype;
        _storage = storage;
        _pointer = pointer;
    }

    internal bool IsBound => _storage is not null;

    /// <summary>Leaves the memory to another.</summary>
    internal void Unbind()
    {
        _storage = null;
        _pointer = null;
    }

    /// <summary>Gives the tensor memory for its gradient, which holds nothing yet.</summary>
    internal void BindGrad(Tensor grad)
    {
        _grad = grad;
        HasGrad = false;
        RequiresGrad = true;
    }

    /// <summary>Announces that a kernel is about to write the gradient, and tells it whether to add to what is there.</summary>
    /// <returns>True to add, false to overwrite.</returns>
    [MemberNotNull(nameof(Grad))]
    internal bool BeginGrad()
    {
        var add = HasGrad;
        if (_tape is not null && !add)
        {
            _grad ??= new Tensor();
            _tape.Place(_grad, Shape, DType);
        }
        else if (_grad is null)
        {
            _grad = new Tensor();
            var storage = _device!.Allocate((long)Shape.Count * DType.SizeInBytes());
            _grad.Bind(Shape, DType, storage, storage.Pointer);
        }

        HasGrad = true;
#pragma warning disable CS8774 // Grad is _grad from here on
        return add;
#pragma warning restore CS8774
    }

    /// <summary>
    /// Makes the gradient of the operation's output this tensor's own, memory and all, where that is the right value (a residual
    /// connection) or the place to compute it in. Only the last reader of that gradient may hand it over.
    /// </summary>
    /// <returns>False where it can't be: this tensor has a gradient already, or is a parameter, or the other's is to be kept.</returns>
    internal bool TryTakeGrad(Tensor output)
    {
        if (_tape is null || HasGrad || _tape.RetainsGradients || output.Grad is not { } grad || output._tape is null
            || grad.Shape.Count != Shape.Count || grad.DType != DType)
            return false;
        _grad ??= new Tensor();
        _grad.Bind(Shape, DType, grad.Storage, grad._pointer);
        HasGrad = true;
        output.HasGrad = false;
        return true;
    }

    /// <summary>Makes another activation's gradient this one's too, in the same memory.</summary>
    internal void ShareGrad(Tensor other)
    {
        _grad ??= new Tensor();
        _grad.Bind(Shape, DType, other._grad!.Storage, other._grad._pointer);
        HasGrad = true;
    }

    /// <summary>Ends the gradient of an activation.</summary>
    /// <returns>It, for its memory, or null if there was none.</returns>
    internal Tensor? ReleaseGrad()
    {
        var grad = HasGrad ? _grad : null;
        HasGrad = false;
        return grad;
    }

    /// <summary>The name, if any, the type and the shape.</summary>
    public override string ToString() => $"{(Name.Length == 0 ? "" : Name + " ")}{DType}{Shape}";
}
