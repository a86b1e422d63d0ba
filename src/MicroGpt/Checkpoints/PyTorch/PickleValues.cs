namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>
/// What a pickle may name: classes and functions of Python, of which every reader allows its own few. A pickle is a program, and to
/// name <c>os.system</c> and call it is all that an attack needs; here, what is not in the list has no meaning.
/// </summary>
internal interface IPickleNames
{
    /// <summary>What the pickle is, for people: "a state_dict".</summary>
    string Purpose { get; }

    /// <summary>The meaning of a name, or null for none.</summary>
    PickleGlobal? Find(string module, string name);

    /// <summary>What an object stands for that is not in the pickle but beside it, or null if there is no such thing.</summary>
    object? Beside(object? id) => null;
}

/// <summary>A class or function by name.</summary>
/// <param name="Name">The name with its module.</param>
/// <param name="Call">What a call of it gives; null if it is never called.</param>
internal record PickleGlobal(string Name, Func<object?[], object?>? Call);

/// <summary>An object of a class, with the state that it was given.</summary>
/// <param name="className">The class.</param>
internal sealed class PickleInstance(string className)
{
    public string ClassName { get; } = className;

    public object? State { get; set; }
}

/// <summary>A dict or OrderedDict: pairs in their order. Keys are not compared; who looks for names must expect some twice.</summary>
internal sealed class PickleDictionary
{
    public List<(object? Key, object? Value)> Items { get; } = [];

    /// <summary>The value of the first such key, or null.</summary>
    public object? this[string key] => Items.Find(item => item.Key is string name && name == key).Value;
}
