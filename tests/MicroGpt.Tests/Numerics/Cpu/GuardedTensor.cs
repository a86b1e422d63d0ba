using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics.Cpu;

/// <summary>
/// A tensor between two zones of a known pattern. The pattern is not a number, so a kernel that reads beyond the tensor
/// spoils its result, and one that writes there is found out by <see cref="IsIntact"/>. At first it holds the pattern too.
/// </summary>
internal sealed unsafe class GuardedTensor
{
    private const int Zone = 128; // bytes, two of the widest registers
    private const byte Pattern = 0xFF; // all bits set: NaN as a float and as a double

    private readonly Storage _storage;
    private readonly int _bytes;

    public GuardedTensor(Shape shape, DType dtype)
    {
        _bytes = shape.Count * dtype.SizeInBytes();
        _storage = new Storage(Zone + _bytes + Zone);
        new Span<byte>(_storage.Pointer, Zone + _bytes + Zone).Fill(Pattern);
        Tensor = new Tensor();
        Tensor.Bind(shape, dtype, _storage, _storage.Pointer + Zone);
    }

    public Tensor Tensor { get; }

    public bool IsIntact =>
        !new Span<byte>(_storage.Pointer, Zone).ContainsAnyExcept(Pattern)
        && !new Span<byte>(_storage.Pointer + Zone + _bytes, Zone).ContainsAnyExcept(Pattern);
}
