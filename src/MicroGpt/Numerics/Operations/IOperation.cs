namespace MicroGpt.Numerics;

/// <summary>
/// One step of a forward pass with its operands: what a tape writes down. The struct says which tensors take part and their
/// shapes; the device computes.
/// </summary>
internal interface IOperation
{
    /// <summary>The tensors that the backward pass gives gradients to.</summary>
    Operands Inputs { get; }

    /// <summary>The tensor whose gradient the backward pass starts from.</summary>
    Tensor Output { get; }

    void Forward(Device device);

    void Backward(Device device);
}

/// <summary>Up to five tensors that an operation reads; without an array, because a step allocates nothing.</summary>
internal readonly record struct Operands(Tensor First, Tensor? Second = null, Tensor? Third = null, Tensor? Fourth = null, Tensor? Fifth = null)
{
    public const int Most = 5;

    public Tensor? this[int index] => index switch { 0 => First, 1 => Second, 2 => Third, 3 => Fourth, _ => Fifth };
}
