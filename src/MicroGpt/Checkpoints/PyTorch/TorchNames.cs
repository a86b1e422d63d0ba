namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>
/// What a state_dict names (torch/_utils.py and torch/serialization.py in pytorch/pytorch): the types of storages, the functions that
/// make tensors of them, and OrderedDict. The storages themselves lie beside the pickle.
/// </summary>
internal sealed class TorchNames : IPickleNames
{
    private static readonly Dictionary<string, PickleGlobal> s_known = new PickleGlobal[]
    {
        new("collections.OrderedDict", OrderedDict),
        new("torch._utils._rebuild_tensor_v2", RebuildTensor),
        new("torch._utils._rebuild_parameter", arguments => arguments is [TorchTensor tensor, bool, PickleDictionary] ? tensor : throw Wrong("a parameter")),
        new("torch.Size", arguments => arguments is [object?[] sizes] ? sizes : throw Wrong("a torch.Size")),
        new StorageType("torch.DoubleStorage", TensorType.F64),
        new StorageType("torch.FloatStorage", TensorType.F32),
        new StorageType("torch.HalfStorage", TensorType.F16),
        new StorageType("torch.BFloat16Storage", TensorType.BF16),
        new StorageType("torch.LongStorage", TensorType.I64),
        new StorageType("torch.IntStorage", TensorType.I32),
        new StorageType("torch.ShortStorage", TensorType.I16),
        new StorageType("torch.CharStorage", TensorType.I8),
        new StorageType("torch.ByteStorage", TensorType.U8),
        new StorageType("torch.BoolStorage", TensorType.Bool),
    }.ToDictionary(global => global.Name);

    /// <summary>All storages that were referred to, by their keys.</summary>
    public Dictionary<string, TorchStorage> Storages { get; } = [];

    public string Purpose => "a state_dict";

    public PickleGlobal? Find(string module, string name) => s_known.GetValueOrDefault($"{module}.{name}");

    /// <summary>A storage: ("storage", type, key, device, number of elements).</summary>
    public object? Beside(object? id)
    {
        if (id is not object?[] tuple || tuple is not ["storage", StorageType type, string key, string, long count] || count < 0)
            return null;
        var storage = new TorchStorage(key, type.Type, count);
        return Storages.TryAdd(key, storage) || Storages[key] == storage
            ? storage
            : throw new InvalidDataException($"its pickle is damaged: the storage {key} has two types or lengths");
    }

    private static PickleDictionary OrderedDict(object?[] arguments)
    {
        var dictionary = new PickleDictionary();
        if (arguments is [List<object?> pairs]) // Python 2 and old versions of 3
            foreach (var pair in pairs)
                dictionary.Items.Add(pair is object?[] and [var key, var value] ? (key, value) : throw Wrong("an OrderedDict"));
        else if (arguments.Length > 0)
            throw Wrong("an OrderedDict");
        return dictionary;
    }

    /// <summary>(storage, offset, sizes, strides, requires_grad, backward hooks[, metadata]).</summary>
    private static TorchTensor RebuildTensor(object?[] arguments) =>
        arguments is [TorchStorage storage, long offset, object?[] sizes, object?[] strides, bool, PickleDictionary, ..] && arguments.Length <= 7
            ? new TorchTensor(storage, offset, Integers(sizes), Integers(strides))
            : throw Wrong("a tensor");

    private static long[] Integers(object?[] values) => [.. values.Select(value => value is long number ? number : throw Wrong("a tensor"))];

    private static InvalidDataException Wrong(string what) => new($"its pickle is damaged: it makes {what} of something else");

    private sealed record StorageType(string Name, TensorType Type) : PickleGlobal(Name, null);
}
