using System.Numerics;
using System.Runtime.Intrinsics;

namespace MicroGpt.Numerics.Cpu;

/// <summary>Chooses the widest registers the processor has.</summary>
internal static class CpuDevice
{
    public static Device Create(DType dtype, int threads) => dtype switch
    {
        DType.Float32 => Create<float>(WidestBits, threads),
        DType.Float64 => Create<double>(WidestBits, threads),
        _ => throw new NotSupportedException($"A device computes in Float32 or Float64, not in {dtype}."),
    };

    private static int WidestBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>The same with registers of a given width, for tests.</summary>
    internal static Device Create<F>(int bits, int threads) where F : unmanaged, IFloatingPointIeee754<F> => bits switch
    {
        512 => new CpuDevice<Simd512<F>, Vector512<F>, F>(threads),
        256 => new CpuDevice<Simd256<F>, Vector256<F>, F>(threads),
        _ => new CpuDevice<Simd128<F>, Vector128<F>, F>(threads),
    };
}

/// <summary>
/// The operations on the processor, one file each, the backward pass below the forward pass. Every kernel is written once for
/// all widths and both precisions; the JIT compiles it for the one combination that is used.
/// </summary>
/// <typeparam name="S">The vector instructions.</typeparam>
/// <typeparam name="V">A register.</typeparam>
/// <typeparam name="F">An element.</typeparam>
internal sealed unsafe partial class CpuDevice<S, V, F> : Device
    where S : struct, ISimd<V, F>
    where V : unmanaged
    where F : unmanaged, IFloatingPointIeee754<F>
{
    /// <summary>
    /// Multiply-adds that are worth a chunk of their own. Waking a spinning thread costs about 0.1 µs, in which a core does
    /// some 5,000 of them; a chunk should be well above that.
    /// </summary>
    private const long WorkPerChunk = 32 * 1024;

    private readonly WorkerTeam _team;
    private readonly Lock _reducing = new();
    private Storage _partialSums = new(0);

    public CpuDevice(int threads, bool isMeta = false)
    {
        _team = new WorkerTeam(threads, isMeta);
        IsMeta = isMeta;
    }

    public override DType DType => DTypes.Of<F>();

    public override string Description =>
        $"CPU, {_team.Threads} {(_team.Threads == 1 ? "thread" : "threads")}, {S.Bits}-bit vectors, {DType}";

    public override double? MeasurePeak() => DType == DType.Float32 ? 1e9 * MultiplyAddPeak.Measure(_team.Threads, runs: 8) : null;

    // Nothing but the team's work touches a tensor's memory, and a meta device's team does none.
    public override bool IsMeta { get; }

    public override Device CreateMeta() => new CpuDevice<S, V, F>(_team.Threads, isMeta: true);

    internal override long WorkspaceBytes => _packed.Bytes + _partialSums.Bytes + _orthogonal.Bytes + _team.ScratchBytes;

    internal override Storage Allocate(long bytes, bool clear = true) =>
        IsMeta ? Storage.WithoutMemory(bytes) : base.Allocate(bytes, clear);

    internal override void CheckRoom(double bytes)
    {
        if (!IsMeta)
            base.CheckRoom(bytes);
    }

    protected override void Dispose(bool disposing)
    {
        _team.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Spreads items over the threads, in chunks of enough work. The chunks do not depend on the number of threads.</summary>
    private void Spread<TWork>(TWork work, int items, long workPerItem, int scratchBytes = 0) where TWork : unmanaged, IWork =>
        _team.Run(work, items, (int)Math.Clamp(WorkPerChunk / Math.Max(workPerItem, 1), 1, Math.Max(items, 1)), scratchBytes);

    /// <summary>Memory for the sums of parts of a tensor, kept for the next call; only for who holds <see cref="_reducing"/>.</summary>
    private byte* PartialSums(long bytes)
    {
        if (_partialSums.Bytes < bytes)
            _partialSums = Allocate(bytes, clear: false);
        return _partialSums.Pointer;
    }

    private static F* Data(Tensor tensor) => tensor.Pointer<F>();

    private static F* Data(Tensor? tensor, F* otherwise) => tensor is null ? otherwise : tensor.Pointer<F>();

    /// <summary>Where a gradient is about to be written, or added to; null where none is wanted.</summary>
    private static F* BeginGrad(Tensor? x, out bool add)
    {
        add = false;
        if (x is not { RequiresGrad: true })
            return null;
        add = x.BeginGrad();
        return Data(x.Grad);
    }
}
