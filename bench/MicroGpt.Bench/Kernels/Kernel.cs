using MicroGpt.Numerics;

namespace MicroGpt.Bench.Kernels;

/// <summary>One operation with its operands, without a tape, to be run again and again.</summary>
internal sealed class Kernel
{
    private readonly Device _device;
    private readonly IOperation _operation;
    private readonly Tensor[] _operands;

    private Kernel(Device device, IOperation operation, params Tensor[] operands)
    {
        _device = device;
        _operation = operation;
        _operands = operands;
        operation.Output.BeginGrad();
        operation.Output.Grad.AsSpan<float>().Fill(1);
    }

    public void Forward() => _operation.Forward(_device);

    /// <summary>The backward pass, writing gradients, not adding to them.</summary>
    public void Backward()
    {
        foreach (var operand in _operands)
            operand.ClearGrad();
        _operation.Backward(_device);
    }

    public static Kernel Linear(Device device, int rows, int outputs, int inputs)
    {
        var (x, weight) = (Numbers(device, rows, inputs), Numbers(device, outputs, inputs));
        return new(device, new Linear(x, weight, null, null, Numbers(device, rows, outputs)), x, weight);
    }

    public static Kernel Attention(Device device, int B, int T, int heads, int width)
    {
        var qkv = Numbers(device, B, T, 3 * width);
        return new(
            device,
            new CausalAttention(
                qkv, heads, heads, null, null, 0, int.MaxValue, 1 / Math.Sqrt((double)width / heads),
                Numbers(device, 2, B * heads, T), Numbers(device, B, T, width)),
            qkv);
    }

    public static Kernel LayerNorm(Device device, int rows, int width)
    {
        var (x, weight, bias) = (Numbers(device, rows, width), Numbers(device, width), Numbers(device, width));
        return new(
            device,
            new LayerNorm(x, weight, bias, 1e-5, Numbers(device, rows), Numbers(device, rows), Numbers(device, rows, width)),
            x, weight, bias);
    }

    public static Kernel RmsNorm(Device device, int rows, int width)
    {
        var (x, weight) = (Numbers(device, rows, width), Numbers(device, width));
        return new(device, new RmsNorm(x, weight, width, 1e-5, Numbers(device, rows), Numbers(device, rows, width)), x, weight);
    }

    public static Kernel Gelu(Device device, int rows, int width)
    {
        var x = Numbers(device, rows, width);
        return new(device, new Gelu(x, Numbers(device, rows, width)), x);
    }

    public static Kernel GeluErf(Device device, int rows, int width)
    {
        var x = Numbers(device, rows, width);
        return new(device, new GeluErf(x, Numbers(device, rows, width)), x);
    }

    public static Kernel SwiGlu(Device device, int rows, int width)
    {
        var (gate, up) = (Numbers(device, rows, width), Numbers(device, rows, width));
        return new(device, new SwiGlu(gate, up, Numbers(device, rows, width)), gate, up);
    }

    /// <summary>Of queries and as many keys and values.</summary>
    public static Kernel Rotary(Device device, int B, int T, int heads, int width)
    {
        var (q, k, v) = (Numbers(device, B, T, width), Numbers(device, B, T, width), Numbers(device, B, T, width));
        var angles = Numbers(device, T, width / heads / 2); // any numbers take as long as cosines
        return new(device, new Rotary(q, k, v, angles, angles, 0, Numbers(device, B, T, 3 * width)), q, k, v);
    }

    public static Kernel Relu(Device device, int rows, int width)
    {
        var x = Numbers(device, rows, width);
        return new(device, new Relu(x, Numbers(device, rows, width)), x);
    }

    public static Kernel Add(Device device, int rows, int width)
    {
        var (a, b) = (Numbers(device, rows, width), Numbers(device, rows, width));
        return new(device, new Add(a, b, Numbers(device, rows, width)), a, b);
    }

    public static Kernel CrossEntropy(Device device, int rows, int vocabulary)
    {
        var logits = Numbers(device, rows, vocabulary);
        return new(
            device,
            new CrossEntropy(logits, Ids(device, rows, 1, vocabulary), rows, Numbers(device, rows), Numbers(device, rows), Numbers(device, 1)),
            logits);
    }

    public static Kernel Embedding(Device device, int B, int T, int vocabulary, int width)
    {
        var table = Numbers(device, vocabulary, width);
        return new(device, new Embedding(table, Ids(device, B, T, vocabulary), Numbers(device, B, T, width)), table);
    }

    /// <summary>Normally distributed numbers, the same every time, with room for a gradient.</summary>
    public static Tensor Numbers(Device device, params ReadOnlySpan<int> sizes)
    {
        var random = new MersenneTwister(1);
        var tensor = Tensor.Parameter(device, "", new Shape(sizes));
        foreach (ref var value in tensor.AsSpan<float>())
            value = (float)random.NextGaussian();
        return tensor;
    }

    private static Tensor Ids(Device device, int B, int T, int limit)
    {
        var random = new MersenneTwister(2);
        return new Tape(device).Integers([.. Enumerable.Range(0, B * T).Select(_ => random.NextInt32(limit))], new Shape(B, T));
    }
}
