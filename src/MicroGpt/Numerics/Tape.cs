namespace MicroGpt.Numerics;

/// <summary>
/// Reverse-mode automatic differentiation over tensors. Every operation of a step (<c>tape.Linear</c>, <c>tape.RmsNorm</c>, …,
/// one file each under <c>Operations/</c>) runs at once and, while <see cref="IsRecording"/>, is written down;
/// <see cref="Backward"/> then walks the records from the last to the first. Activations live in an arena until
/// <see cref="Reset"/>, and records and tensors are used again by the next step, so that a step allocates nothing once the
/// first has been seen. The gradient of an activation lives from the first operation that adds to it until the one that made the
/// activation has used it; then another takes its memory, still in the cache. A tape belongs to one thread.
/// </summary>
/// <remarks>The tape knows nothing of models, and nothing of what its <see cref="Device"/> does to compute.</remarks>
public sealed unsafe partial class Tape
{
    private readonly Arena _arena = new();
    private readonly List<Tensor> _tensors = [];
    private readonly List<Record> _records = [];
    private readonly List<(Storage Storage, nint Pointer, long Bytes)> _freeGrads = []; // of this step
    private int _tensorCount;
    private int _recordCount;

    /// <summary>A tape whose operations run on a device.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="recording">False for inference: nothing is written down and no gradient has memory.</param>
    public Tape(Device device, bool recording = true)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        IsRecording = recording;
    }

    /// <summary>Where the operations run.</summary>
    public Device Device { get; }

    /// <summary>Whether operations are recorded for <see cref="Backward"/>.</summary>
    public bool IsRecording { get; set; }

    /// <summary>
    /// Whether gradients of activations are kept after <see cref="Backward"/> until the next one, for whoever wants to look at them.
    /// Their memory is then not used twice.
    /// </summary>
    public bool RetainsGradients { get; set; }

    /// <summary>The most memory that the activations and gradients of one step have taken, in bytes.</summary>
    public long PeakBytes => _arena.PeakBytes;

    /// <summary>Starts the next step: every activation handed out so far becomes invalid, its memory is used again.</summary>
    public void Reset()
    {
        _arena.Rewind();
        _freeGrads.Clear();
        _tensorCount = 0;
        _recordCount = 0;
    }

    /// <summary>
    /// Computes the gradient of a single number with respect to every tensor that led to it. Called again, parameters' gradients
    /// add up until <see cref="Tensor.ClearGrad"/>, those of activations start afresh.
    /// </summary>
    /// <param name="loss">The number to differentiate, of one element.</param>
    /// <exception cref="InvalidOperationException">
    /// Nothing is being recorded, or <paramref name="loss"/> is not a single number that was computed while recording.
    /// </exception>
    public void Backward(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (!IsRecording)
            throw new InvalidOperationException("This tape does not record, so there is nothing to walk back.");
        if (loss.Shape.Count != 1)
            throw new InvalidOperationException($"Backward starts from a single number, not from {loss.Shape}.");

        if (!loss.RequiresGrad)
            throw new InvalidOperationException("This number has no gradient: it was not computed while recording.");

        for (var i = 0; i < _tensorCount; i++)
            Release(_tensors[i]);
        loss.BeginGrad();
        loss.Grad[0] = 1;
        for (var i = _recordCount - 1; i >= 0; i--)
        {
            var output = _records[i].Output;
            if (!output.HasGrad)
                continue; // the loss does not depend on it
            _records[i].Backward(Device);
            AfterOperation?.Invoke(_records[i], true);
            if (!RetainsGradients)
                Release(output);
        }
    }

    /// <summary>A tensor of integers (token ids, positions) for this step.</summary>
    /// <param name="values">The integers, row by row.</param>
    /// <param name="shape">Their shape.</param>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public Tensor Integers(ReadOnlySpan<int> values, Shape shape)
    {
        if (values.Length != shape.Count)
            throw new ArgumentException($"{values.Length} integers do not fill the shape {shape}.", nameof(values));
        var tensor = Create(shape, DType.Int32, differentiable: false);
        values.CopyTo(tensor.AsSpan<int>());
        return tensor;
    }

    /// <summary>Rows that each count up from <paramref name="first"/>: the positions of a batch.</summary>
    /// <param name="first">The first integer of every row.</param>
    /// <param name="shape">The shape of the result.</param>
    public Tensor Range(int first, Shape shape)
    {
        var tensor = Create(shape, DType.Int32, differentiable: false);
        var values = tensor.AsSpan<int>();
        for (var i = 0; i < values.Length; i++)
            values[i] = first + i % shape.Last;
        return tensor;
    }

    /// <summary>An activation of the device's element type; its memory is not cleared.</summary>
    private Tensor Create(Shape shape) => Create(shape, Device.DType, IsRecording);

    /// <summary>Numbers that a backward pass needs but that have no gradient of their own: means, log-sum-exps.</summary>
    private Tensor CreateSaved(Shape shape) => Create(shape, Device.DType, differentiable: false);

    private Tensor Create(Shape shape, DType dtype, bool differentiable)
    {
        if (_tensorCount == _tensors.Count)
            _tensors.Add(new Tensor(this));

        var tensor = _tensors[_tensorCount++];
        var storage = _arena.Allocate((long)shape.Count * dtype.SizeInBytes(), out var pointer);
        tensor.Bind(shape, dtype, storage, pointer);
        tensor.RequiresGrad = differentiable;
        return tensor;
    }

    /// <summary>Memory for a gradient: what was given back last, if it is of the size, or new.</summary>
    internal void PlaceGrad(Tensor grad, Shape shape, DType dtype)
    {
        var bytes = (long)shape.Count * dtype.SizeInBytes();
        for (var i = _freeGrads.Count - 1; i >= 0; i--)
        {
            if (_freeGrads[i].Bytes != bytes)
                continue;
            grad.Bind(shape, dtype, _freeGrads[i].Storage, (byte*)_freeGrads[i].Pointer);
            _freeGrads.RemoveAt(i);
            return;
        }

        var storage = _arena.Allocate(bytes, out var pointer);
        grad.Bind(shape, dtype, storage, pointer);
    }

    private void Release(Tensor activation)
    {
        if (activation.ReleaseGrad() is { } grad)
            _freeGrads.Add((grad.Storage, (nint)grad.Address, (long)grad.Shape.Count * grad.DType.SizeInBytes()));
    }

    /// <summary>Runs an operation and writes it down.</summary>
    private void Run<TOperation>(in TOperation operation) where TOperation : struct, IOperation
    {
        // The n-th operation of a step is nearly always the n-th of the step before: its record is taken again.
        if (_recordCount == _records.Count)
            _records.Add(new Record<TOperation>());
        if (_records[_recordCount] is not Record<TOperation> record)
            _records[_recordCount] = record = new Record<TOperation>();

        record.Operation = operation; // also keeps the operands reachable while kernels hold bare pointers into them
        record.Operation.Forward(Device);
        AfterOperation?.Invoke(record, false);
        _recordCount++; // an operation that is not recorded takes a place too: its output has no gradient, so it is passed over
        GC.KeepAlive(this);
    }

    /// <summary>Called after every operation, forward (false) or backward (true): for measuring and checking.</summary>
    internal Action<Record, bool>? AfterOperation { get; set; }

    /// <summary>An operation as it was written down.</summary>
    internal abstract class Record
    {
        /// <summary>The operation's name.</summary>
        public abstract string Name { get; }

        public abstract Tensor Output { get; }

        public abstract void Backward(Device device);
    }

    private sealed class Record<TOperation> : Record where TOperation : struct, IOperation
    {
        public TOperation Operation;

        public override string Name => typeof(TOperation).Name;

        public override Tensor Output => Operation.Output;

        public override void Backward(Device device) => Operation.Backward(device);
    }
}
