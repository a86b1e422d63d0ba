using System.Numerics;

namespace MicroGpt.Checkpoints;

/// <summary>A source that refuses to give numbers that are infinite or none: a model with one of them answers nothing but "not a number".</summary>
/// <param name="source">The tensors; this one's from now on.</param>
/// <param name="path">What to call them in messages.</param>
public sealed class FiniteTensors(ITensorSource source, string path) : ITensorSource
{
    /// <inheritdoc/>
    public IReadOnlyList<TensorEntry> Entries => source.Entries;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">One of the numbers is infinite or none; the message says which.</exception>
    public void Read(string name, Span<float> destination, long firstElement = 0)
    {
        source.Read(name, destination, firstElement);
        Check<float>(name, destination, firstElement);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">One of the numbers is infinite or none; the message says which.</exception>
    public void Read(string name, Span<double> destination, long firstElement = 0)
    {
        source.Read(name, destination, firstElement);
        Check<double>(name, destination, firstElement);
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();

    private void Check<T>(string name, ReadOnlySpan<T> numbers, long firstElement) where T : unmanaged, INumber<T>
    {
        if (AllFinite(numbers))
            return;
        var at = 0;
        while (T.IsFinite(numbers[at]))
            at++;
        throw new InvalidDataException(FormattableString.Invariant(
            $"{path}: {name} has the number {numbers[at]} at {firstElement + at}. The weights are damaged, or training has diverged; --allow-nan takes them nevertheless."));
    }

    /// <summary>Nothing finite times zero is anything but zero, and one look at the sum tells of all.</summary>
    private static bool AllFinite<T>(ReadOnlySpan<T> numbers) where T : unmanaged, INumber<T>
    {
        var sum = Vector<T>.Zero;
        for (; numbers.Length >= Vector<T>.Count; numbers = numbers[Vector<T>.Count..])
            sum += new Vector<T>(numbers) * Vector<T>.Zero;
        foreach (var number in numbers)
            if (!T.IsFinite(number))
                return false;
        return sum == Vector<T>.Zero;
    }
}
