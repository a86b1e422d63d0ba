namespace MicroGpt.Numerics;

public sealed unsafe partial class Tape
{
    /// <summary>
    /// Whether <see cref="Recompute"/> trades time for memory while recording. Gradients are the same, to the last bit.
    /// </summary>
    public bool Recomputes { get; set; }

    /// <summary>
    /// Activation recomputation, or gradient checkpointing (Chen et al. 2016): of a part of a model only the result is kept, and the
    /// backward pass runs that part again, recorded, when it needs what was inside. Where nothing is recorded, only the result
    /// is kept either; where <see cref="Recomputes"/> is false, everything is kept and this is a call of <paramref name="body"/>.
    /// </summary>
    /// <param name="input">What the part reads.</param>
    /// <param name="body">The part: it computes the same whenever it is called, and nobody else uses tensors made inside of it.
    /// Keep the delegate, or every call allocates one.</param>
    /// <returns>What <paramref name="body"/> returns.</returns>
    public Tensor Recompute(Tensor input, Func<Tape, Tensor, Tensor> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Recompute(input, body, static (tape, input, body) => body(tape, input));
    }

    /// <summary>The same for a part that reads more than one tensor: none of the others is made inside of it.</summary>
    /// <param name="input">What the part reads.</param>
    /// <param name="state">What else it reads.</param>
    /// <param name="body">The part, as above.</param>
    /// <returns>What <paramref name="body"/> returns.</returns>
    public Tensor Recompute<TState>(Tensor input, TState state, Func<Tape, Tensor, TState, Tensor> body)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(body);
        if (IsRecording && !Recomputes)
            return body(this, input, state);

        var (recording, first) = (IsRecording, _tensorCount);
        Tensor output;
        try
        {
            IsRecording = false;
            output = body(this, input, state);
        }
        finally
        {
            IsRecording = recording;
        }

        var isInside = FreeFrom(first, except: output);
        if (!recording || !isInside)
            return output;

        // A tensor of its own for the same numbers: the one from inside is the output of an operation that was not recorded.
        var result = NextTensor(differentiable: true);
        result.Bind(output.Shape, output.DType, output.Storage, output.Address);
        output.Unbind();
        var record = NextRecord<Recomputation<TState>>();
        (record.Tape, record.First, record.Result) = (this, input, result);
        (record.State, record.Body) = (state, body);
        return result;
    }

    /// <summary>Runs a part again, recorded, and walks back through it; then all that it made is given back.</summary>
    private void RunAgain(Recomputation recomputation)
    {
        var (firstTensor, firstRecord) = (_tensorCount, _recordCount);
        var (kept, again) = (recomputation.Result, recomputation.Again());
        again.ShareGrad(kept);
        if (!RetainsGradients)
            kept.ClearGrad(); // it is the other's now: to be used in place, and given back, by the part's own operations
        WalkBack(firstRecord);
        if (RetainsGradients)
            again.ClearGrad();
        FreeFrom(firstTensor, except: null);
        (_tensorCount, _recordCount) = (firstTensor, firstRecord);
    }

    /// <summary>Gives back the memory of all activations from one on, but for one.</summary>
    /// <returns>Whether that one is among them.</returns>
    private bool FreeFrom(int first, Tensor? except)
    {
        var found = false;
        for (var i = first; i < _tensorCount; i++)
        {
            if (ReferenceEquals(_tensors[i], except))
            {
                found = true;
                continue;
            }

            ReleaseGrad(_tensors[i]);
            Free(_tensors[i]);
            _tensors[i].Unbind();
        }

        return found;
    }

    private abstract class Recomputation : Record
    {
        public Tape Tape { get; set; } = null!;

        public Tensor First { get; set; } = null!;

        public Tensor Result { get; set; } = null!;

        public override string Name => nameof(Recompute);

        public override Operands Inputs => new(First);

        public override Tensor Output => Result;

        public override void Backward(Device device) => Tape.RunAgain(this);

        public abstract Tensor Again();
    }

    private sealed class Recomputation<TState> : Recomputation
    {
        public TState State { get; set; } = default!;

        public Func<Tape, Tensor, TState, Tensor> Body { get; set; } = null!;

        public override Tensor Again() => Body(Tape, First, State);
    }
}
