using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

/// <summary>
/// One operation run forward and backward on one device. The operands are drawn from a seed, so that two devices get the same
/// ones, rounded to floats so that both precisions hold them exactly.
/// </summary>
internal sealed class OperationRun(Device device, bool addToGradients)
{
    private readonly MersenneTwister _random = new(7);
    private readonly List<GuardedTensor> _all = [];
    private readonly List<(string Name, Tensor Tensor)> _compared = [];

    /// <summary>Everything the operation may change: results and gradients.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Compared => _compared;

    public bool IsIntact => _all.TrueForAll(tensor => tensor.IsIntact);

    /// <summary>Numbers from −1 to 1, with room for their gradient.</summary>
    public Tensor Operand(string name, params ReadOnlySpan<int> shape)
    {
        var tensor = Filled(new Shape(shape));
        GiveGradient(name, tensor, addToGradients);
        return tensor;
    }

    public Tensor Integers(Shape shape, int least, int limit)
    {
        var tensor = New(shape, DType.Int32);
        for (var i = 0; i < shape.Count; i++)
            tensor[i] = least + _random.NextInt32(limit - least);
        return tensor;
    }

    /// <summary>Room for what the operation computes.</summary>
    public Tensor Result(string name, params ReadOnlySpan<int> shape)
    {
        var tensor = New(new Shape(shape), device.DType);
        _compared.Add((name, tensor));
        return tensor;
    }

    /// <summary>Numbers without a gradient that the operation reads and changes: a cache, moments.</summary>
    public Tensor Changed(string name, params ReadOnlySpan<int> shape)
    {
        var tensor = Filled(new Shape(shape));
        _compared.Add((name, tensor));
        return tensor;
    }

    /// <summary>Room that the operation writes and reads for itself.</summary>
    public Tensor Room(params ReadOnlySpan<int> shape) => New(new Shape(shape), device.DType);

    public void Forward(IOperation operation) => operation.Forward(device);

    public void Backward(IOperation operation)
    {
        GiveGradient("dy", operation.Output, filled: true);
        operation.Backward(device);
    }

    /// <summary>A gradient with numbers to add to, or with NaN where the first kernel must overwrite.</summary>
    private void GiveGradient(string name, Tensor tensor, bool filled)
    {
        tensor.BindGrad(filled ? Filled(tensor.Shape) : New(tensor.Shape, device.DType));
        tensor.HasGrad = filled;
        _compared.Add(($"the gradient of {name}", tensor.Grad!));
    }

    private Tensor Filled(Shape shape)
    {
        var tensor = New(shape, device.DType);
        for (var i = 0; i < shape.Count; i++)
            tensor[i] = (float)(2 * _random.NextDouble() - 1);
        return tensor;
    }

    private Tensor New(Shape shape, DType dtype)
    {
        _all.Add(new GuardedTensor(shape, dtype));
        return _all[^1].Tensor;
    }
}
