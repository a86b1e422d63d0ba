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
    private readonly Arena _arena;
    private readonly Arena _host = new(bytes => new Storage(bytes, clear: false)); // ours to write, whatever the device
    private readonly List<Tensor> _tensors = [];
    private readonly List<Record> _records = [];
    private readonly List<(Storage Storage, nint Pointer, long Bytes)> _free = []; // given back in this step
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
        _arena = new Arena(bytes => device.Allocate(bytes, clear: false));
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
    public long PeakBytes => _arena.PeakBytes + _host.PeakBytes;

    /// <summary>Starts the next step: every activation handed out so far becomes invalid, its memory is used again.</summary>
    public void Reset()
    {
        _arena.Rewind();
        _host.Rewind();
        _free.Clear();
        _tensorCount = 0;
        _recordCount = 0;
    }

    /// <summary>
    /// Computes the gradient of a single number with respect to every tensor that led to it. Called again, parameters' gradients
    /// add up until <see cref="Tensor.ClearGrad"/>, those of activations start afresh.
    /// </summary>
    /// <param name="loss">The number to differentiate, of one element.</param>
    /// <param name="weight">What to multiply all gradients by: the part of a step's loss that this one is, where gradients of several
    /// losses add up.</param>
    /// <exception cref="InvalidOperationException">
    /// Nothing is being recorded, or <paramref name="loss"/> is not a single number that was computed while recording.
    /// </exception>
    public void Backward(Tensor loss, double weight = 1)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (!IsRecording)
            throw new InvalidOperationException("This tape does not record, so there is nothing to walk back.");
        if (loss.Shape.Count != 1)
            throw new InvalidOperationException($"Backward starts from a single number, not from {loss.Shape}.");

        if (!loss.RequiresGrad)
            throw new InvalidOperationException("This number has no gradient: it was not computed while recording.");

        for (var i = 0; i < _tensorCount; i++)
            ReleaseGrad(_tensors[i]);
        loss.BeginGrad();
        Device.Fill(loss.Grad, weight);
        WalkBack(0);
    }

    /// <summary>From the last record to one.</summary>
    private void WalkBack(int first)
    {
        for (var i = _recordCount - 1; i >= first; i--)
        {
            var (record, output) = (_records[i], _records[i].Output);
            if (!output.HasGrad)
                continue; // the loss does not depend on it
            record.Backward(Device);
            if (record is not Recomputation) // whose operations have been announced one by one
                AfterOperation?.Invoke(record, true);
            if (!RetainsGradients)
                ReleaseGrad(output);
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

    /// <summary>A tensor of numbers without a gradient for this step, in the device's element type.</summary>
    /// <param name="values">The numbers, row by row.</param>
    /// <param name="shape">Their shape.</param>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public Tensor Numbers(ReadOnlySpan<double> values, Shape shape)
    {
        if (values.Length != shape.Count)
            throw new ArgumentException($"{values.Length} numbers do not fill the shape {shape}.", nameof(values));
        var tensor = NextTensor(differentiable: false);
        PlaceIn(_host, tensor, shape, Device.DType);
        for (var i = 0; i < values.Length; i++)
            tensor[i] = values[i];
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
        var tensor = NextTensor(differentiable);
        if (dtype == DType.Int32)
            PlaceIn(_host, tensor, shape, dtype);
        else
            Place(tensor, shape, dtype);
        return tensor;
    }

    private Tensor NextTensor(bool differentiable)
    {
        if (_tensorCount == _tensors.Count)
            _tensors.Add(new Tensor(this));
        var tensor = _tensors[_tensorCount++];
        tensor.RequiresGrad = differentiable;
        tensor.ClearGrad();
        return tensor;
    }

    /// <summary>Gives a tensor memory: what was given back last of that size, or new.</summary>
    internal void Place(Tensor tensor, Shape shape, DType dtype)
    {
        var bytes = (long)shape.Count * dtype.SizeInBytes();
        for (var i = _free.Count - 1; i >= 0; i--)
        {
            if (_free[i].Bytes != bytes)
                continue;
            tensor.Bind(shape, dtype, _free[i].Storage, (byte*)_free[i].Pointer);
            _free.RemoveAt(i);
            return;
        }

        PlaceIn(_arena, tensor, shape, dtype);
    }

    private static void PlaceIn(Arena arena, Tensor tensor, Shape shape, DType dtype)
    {
        var storage = arena.Allocate((long)shape.Count * dtype.SizeInBytes(), out var pointer);
        tensor.Bind(shape, dtype, storage, pointer);
    }

    private void ReleaseGrad(Tensor activation)
    {
        if (activation.ReleaseGrad() is { } grad)
            Free(grad);
    }

    private void Free(Tensor tensor)
    {
        if (tensor.IsBound && tensor.DType != DType.Int32)
            _free.Add((tensor.Storage, (nint)tensor.Address, (long)tensor.Shape.Count * tensor.DType.SizeInBytes()));
    }

    /// <summary>Runs an operation and writes it down.</summary>
    private void Run<TOperation>(in TOperation operation) where TOperation : struct, IOperation
    {
        // An operation that is not recorded takes a record too: its output has no gradient, so it is passed over.
        var record = NextRecord<Record<TOperation>>();
        record.Operation = operation; // also keeps the operands reachable while kernels hold bare pointers into them
        record.Operation.Forward(Device);
        AfterOperation?.Invoke(record, false);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// The n-th record of a step is nearly always of the same kind as the n-th of the step before: it is taken again. Where layers
    /// differ and are computed again one after the other, the next of the kind changes places with it.
    /// </summary>
    private TRecord NextRecord<TRecord>() where TRecord : Record, new()
    {
        var found = _recordCount;
        while (found < _records.Count && _records[found] is not TRecord)
            found++;
        if (found == _records.Count)
            _records.Add(new TRecord());
        var record = (TRecord)_records[found];
        (_records[found], _records[_recordCount]) = (_records[_recordCount], record);
        _recordCount++;
        return record;
    }

    /// <summary>Called after every operation, forward (false) or backward (true): for measuring and checking.</summary>
    internal Action<Record, bool>? AfterOperation { get; set; }

    /// <summary>An operation as it was written down.</summary>
    internal abstract class Record
    {
        /// <summary>The operation's name.</summary>
        public abstract string Name { get; }

        public abstract Operands Inputs { get; }

        public abstract Tensor Output { get; }

        public abstract void Backward(Device device);
    }

    private sealed class Record<TOperation> : Record where TOperation : struct, IOperation
    {
        public TOperation Operation;

        public override string Name => typeof(TOperation).Name;

        public override Operands Inputs => Operation.Inputs;

        public override Tensor Output => Operation.Output;

        public override void Backward(Device device) => Operation.Backward(device);
    }
}
