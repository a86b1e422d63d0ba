using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MicroGpt.Numerics.Cpu;

/// <summary>Registers of 512 bits: AVX-512.</summary>
internal readonly unsafe struct Simd512<F> : ISimd<Vector512<F>, F>
    where F : unmanaged, IFloatingPointIeee754<F>
{
    public static int Bits => 512;

    public static int Lanes => Vector512<F>.Count;

    public static Vector512<F> Indices => Vector512<F>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> Load(F* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<F> value, F* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> Broadcast(F value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> Add(Vector512<F> a, Vector512<F> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> Subtract(Vector512<F> a, Vector512<F> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> Multiply(Vector512<F> a, Vector512<F> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> Divide(Vector512<F> a, Vector512<F> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> MultiplyAdd(Vector512<F> a, Vector512<F> b, Vector512<F> c) =>
        typeof(F) == typeof(float)
            ? Vector512.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, F>()
            : Vector512.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> Max(Vector512<F> a, Vector512<F> b) => Vector512.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> Min(Vector512<F> a, Vector512<F> b) => Vector512.MinNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> Sqrt(Vector512<F> a) => Vector512.Sqrt(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> NegativeAbs(Vector512<F> a) => a | Vector512.Create(F.NegativeZero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> Round(Vector512<F> a) =>
        typeof(F) == typeof(float)
            ? Vector512.Round(a.AsSingle()).As<float, F>()
            : Vector512.Round(a.AsDouble()).As<double, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> SelectGreater(Vector512<F> a, Vector512<F> b, Vector512<F> chosen, Vector512<F> otherwise) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), chosen, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> ScaleByPowerOfTwo(Vector512<F> a, Vector512<F> n) =>
        typeof(F) == typeof(float)
            ? (a.AsInt32() + Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n.AsSingle()), 23)).As<int, F>()
            : (a.AsInt64() + Vector512.ShiftLeft(Vector512.ConvertToInt64Native(n.AsDouble()), 52)).As<long, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Sum(Vector512<F> a) => Vector512.Sum(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Largest(Vector512<F> a) => Simd256<F>.Largest(Vector256.MaxNative(a.GetLower(), a.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> FusedMultiplyAdd(Vector512<F> a, Vector512<F> b, Vector512<F> c) =>
        typeof(F) == typeof(float)
            ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, F>()
            : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<F> Remainder(Vector512<F> c, Vector512<F> a, Vector512<F> b) => FusedMultiplyAdd(-a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WhereGreater(Vector512<F> a, Vector512<F> b) => (uint)Vector512.GreaterThan(a, b).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WhereDifferent(Vector512<F> a, Vector512<F> b) => (uint)(~Vector512.Equals(a, b)).ExtractMostSignificantBits();
}
