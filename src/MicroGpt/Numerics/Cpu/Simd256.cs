using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MicroGpt.Numerics.Cpu;

/// <summary>Registers of 256 bits: AVX2.</summary>
internal readonly unsafe struct Simd256<F> : ISimd<Vector256<F>, F>
    where F : unmanaged, IFloatingPointIeee754<F>
{
    public static int Bits => 256;

    public static int Lanes => Vector256<F>.Count;

    public static Vector256<F> Indices => Vector256<F>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> Load(F* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<F> value, F* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> Broadcast(F value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> Add(Vector256<F> a, Vector256<F> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> Subtract(Vector256<F> a, Vector256<F> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> Multiply(Vector256<F> a, Vector256<F> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> Divide(Vector256<F> a, Vector256<F> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> MultiplyAdd(Vector256<F> a, Vector256<F> b, Vector256<F> c) =>
        typeof(F) == typeof(float)
            ? Vector256.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, F>()
            : Vector256.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> Max(Vector256<F> a, Vector256<F> b) => Vector256.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> Min(Vector256<F> a, Vector256<F> b) => Vector256.MinNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> Sqrt(Vector256<F> a) => Vector256.Sqrt(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> NegativeAbs(Vector256<F> a) => a | Vector256.Create(F.NegativeZero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> Round(Vector256<F> a) =>
        typeof(F) == typeof(float)
            ? Vector256.Round(a.AsSingle()).As<float, F>()
            : Vector256.Round(a.AsDouble()).As<double, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> SelectGreater(Vector256<F> a, Vector256<F> b, Vector256<F> chosen, Vector256<F> otherwise) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), chosen, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> ScaleByPowerOfTwo(Vector256<F> a, Vector256<F> n) =>
        typeof(F) == typeof(float)
            ? (a.AsInt32() + Vector256.ShiftLeft(Vector256.ConvertToInt32Native(n.AsSingle()), 23)).As<int, F>()
            : (a.AsInt64() + Vector256.ShiftLeft(Vector256.ConvertToInt64Native(n.AsDouble()), 52)).As<long, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Sum(Vector256<F> a) => Vector256.Sum(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Largest(Vector256<F> a) => Simd128<F>.Largest(Vector128.MaxNative(a.GetLower(), a.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> FusedMultiplyAdd(Vector256<F> a, Vector256<F> b, Vector256<F> c) =>
        typeof(F) == typeof(float)
            ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, F>()
            : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, F>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<F> Remainder(Vector256<F> c, Vector256<F> a, Vector256<F> b) => FusedMultiplyAdd(-a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WhereGreater(Vector256<F> a, Vector256<F> b) => (uint)Vector256.GreaterThan(a, b).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WhereDifferent(Vector256<F> a, Vector256<F> b) => (uint)(~Vector256.Equals(a, b)).ExtractMostSignificantBits();
}
