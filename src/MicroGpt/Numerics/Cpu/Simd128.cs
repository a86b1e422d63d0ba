using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MicroGpt.Numerics.Cpu;

/// <summary>Registers of 128 bits: SSE and Arm's NEON, and what .NET emulates where there is neither.</summary>
internal readonly unsafe struct Simd128<F> : ISimd<Vector128<F>, F>
    where F : unmanaged, IFloatingPointIeee754<F>
{
    public static int Bits => 128;

    public static int Lanes => Vector128<F>.Count;

    public static Vector128<F> Indices => Vector128<F>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> Load(F* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<F> value, F* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> Broadcast(F value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> Add(Vector128<F> a, Vector128<F> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> Subtract(Vector128<F> a, Vector128<F> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> Multiply(Vector128<F> a, Vector128<F> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> Divide(Vector128<F> a, Vector128<F> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> MultiplyAdd(Vector128<F> a, Vector128<F> b, Vector128<F> c) =>
        typeof(F) == typeof(float)
            ? Vector128.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, F>()
            : Vector128.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> Max(Vector128<F> a, Vector128<F> b) => Vector128.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> Min(Vector128<F> a, Vector128<F> b) => Vector128.MinNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> Sqrt(Vector128<F> a) => Vector128.Sqrt(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> NegativeAbs(Vector128<F> a) => a | Vector128.Create(F.NegativeZero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> Round(Vector128<F> a) =>
        typeof(F) == typeof(float)
            ? Vector128.Round(a.AsSingle()).As<float, F>()
            : Vector128.Round(a.AsDouble()).As<double, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> SelectGreater(Vector128<F> a, Vector128<F> b, Vector128<F> chosen, Vector128<F> otherwise) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), chosen, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> ScaleByPowerOfTwo(Vector128<F> a, Vector128<F> n) =>
        typeof(F) == typeof(float)
            ? (a.AsInt32() + Vector128.ShiftLeft(Vector128.ConvertToInt32Native(n.AsSingle()), 23)).As<int, F>()
            : (a.AsInt64() + Vector128.ShiftLeft(Vector128.ConvertToInt64Native(n.AsDouble()), 52)).As<long, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Sum(Vector128<F> a) => Vector128.Sum(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Largest(Vector128<F> a)
    {
        var largest = a.GetElement(0);
        for (var lane = 1; lane < Lanes; lane++)
            largest = a.GetElement(lane) > largest ? a.GetElement(lane) : largest;
        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> FusedMultiplyAdd(Vector128<F> a, Vector128<F> b, Vector128<F> c) =>
        typeof(F) == typeof(float)
            ? Vector128.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, F>()
            : Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<F> Remainder(Vector128<F> c, Vector128<F> a, Vector128<F> b) => FusedMultiplyAdd(-a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WhereGreater(Vector128<F> a, Vector128<F> b) => (uint)Vector128.GreaterThan(a, b).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WhereDifferent(Vector128<F> a, Vector128<F> b) => (uint)(~Vector128.Equals(a, b)).ExtractMostSignificantBits();
}
