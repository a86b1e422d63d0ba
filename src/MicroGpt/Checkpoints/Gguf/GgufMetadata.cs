using System.Globalization;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>The names and values before the tensors of a GGUF file, in their order.</summary>
/// <param name="values">What was read, in the .NET types of <see cref="GgufCursor.Value"/>.</param>
/// <remarks>Everything throws an <see cref="InvalidDataException"/> whose message is the end of a sentence about the file.</remarks>
internal sealed class GgufMetadata(IReadOnlyDictionary<string, object> values)
{
    /// <summary>All of it.</summary>
    public IReadOnlyDictionary<string, object> Values => values;

    public bool Has(string name) => values.ContainsKey(name);

    public int Int(string name) => IntOrNull(name) ?? throw new InvalidDataException($"it does not say {name}");

    /// <summary>An integer of any width.</summary>
    public int? IntOrNull(string name) => values.GetValueOrDefault(name) switch
    {
        null => null,
        byte or sbyte or ushort or short or int => Convert.ToInt32(values[name], CultureInfo.InvariantCulture),
        uint and <= int.MaxValue => (int)(uint)values[name],
        ulong and <= int.MaxValue => (int)(ulong)values[name],
        long and >= int.MinValue and <= int.MaxValue => (int)(long)values[name],
        _ => throw Wrong(name, $"an integer up to {int.MaxValue}"),
    };

    public double Number(string name) => NumberOrNull(name) ?? throw new InvalidDataException($"it does not say {name}");

    /// <summary>
    /// A number that may have passed through single precision: 1e-5 comes back as 1e-5, not as the float next to it in all its digits.
    /// </summary>
    public double? NumberOrNull(string name) => values.GetValueOrDefault(name) switch
    {
        null => null,
        float number => double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        double number => number,
        _ => IntOrNull(name) ?? throw Wrong(name, "a number"),
    };

    public string? Text(string name) => Value<string>(name, "a text");

    public bool? Flag(string name) => values.GetValueOrDefault(name) switch
    {
        null => null,
        bool flag => flag,
        _ => throw Wrong(name, "true or false"),
    };

    public IReadOnlyList<string>? Texts(string name) => Value<string[]>(name, "an array of texts");

    /// <summary>An array of integers, signed or not.</summary>
    public IReadOnlyList<int>? Ints(string name) =>
        values.GetValueOrDefault(name) is uint[] unsigned ? Array.ConvertAll(unsigned, number => unchecked((int)number)) : Value<int[]>(name, "an array of integers");

    private T? Value<T>(string name, string what) where T : class => values.GetValueOrDefault(name) switch
    {
        null => null,
        T value => value,
        _ => throw Wrong(name, what),
    };

    private static InvalidDataException Wrong(string name, string what) => new($"its {name} is not {what}");
}
