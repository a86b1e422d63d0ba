namespace MicroGpt.Numerics;

/// <summary>
/// One step of a forward pass with its operands: what a tape writes down. The struct says which tensors take part and their
/// shapes; the device computes.
/// </summary>
internal interface IOperation
{
    /// <summary>The tensor whose gradient the backward pass starts from.</summary>
    Tensor Output { get; }

    void Forward(Device device);

    void Backward(Device device);
}
