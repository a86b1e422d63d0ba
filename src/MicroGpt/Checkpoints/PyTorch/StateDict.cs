namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>The weights among all that a checkpoint holds: a state_dict, alone or in a dict with an optimizer, steps and settings.</summary>
internal static class StateDict
{
    // What common trainers call it.
    private static readonly string[] s_usualKeys = ["model", "state_dict", "model_state_dict", "module"];

    /// <summary>Finds it.</summary>
    /// <param name="root">What a file holds.</param>
    /// <returns>The tensors under the names that their modules gave them.</returns>
    /// <exception cref="InvalidDataException">There is none, or more than one; the message is the end of a sentence.</exception>
    public static IReadOnlyDictionary<string, TorchTensor> Find(object? root)
    {
        if (root is not PickleDictionary dictionary)
            throw new InvalidDataException("it holds no state_dict; write one with torch.save(model.state_dict(), \"weights.pth\")");
        if (HasTensors(dictionary))
            return Named(dictionary);
        var usual = s_usualKeys.Select(key => dictionary[key]).OfType<PickleDictionary>().FirstOrDefault(HasTensors);
        if (usual is not null)
            return Named(usual);
        var inside = dictionary.Items.Where(item => item.Value is PickleDictionary value && HasTensors(value)).ToArray();
        return inside.Length switch
        {
            1 => Named((PickleDictionary)inside[0].Value!),
            0 => throw new InvalidDataException("it holds no tensors"),
            _ => throw new InvalidDataException(
                $"it holds several state_dicts: {string.Join(", ", NameList.Of([.. inside.Select(item => item.Key as string ?? "?")]))}. Write the one that is wanted alone, with torch.save"),
        };
    }

    private static bool HasTensors(PickleDictionary dictionary) => dictionary.Items.Exists(item => item.Value is TorchTensor);

    private static Dictionary<string, TorchTensor> Named(PickleDictionary dictionary)
    {
        var items = dictionary.Items.Where(item => item.Value is TorchTensor).ToArray();
        var names = Array.ConvertAll(items, item => item.Key as string ?? throw new InvalidDataException("it holds a tensor whose name is no text"));
        var named = new Dictionary<string, TorchTensor>();
        foreach (var (name, item) in WithoutWrappers(names).Zip(items))
            if (!named.TryAdd(name, (TorchTensor)item.Value!))
                throw new InvalidDataException($"it holds the tensor {name} twice");
        return named;
    }

    /// <summary>
    /// torch.compile calls what it has compiled <c>_orig_mod</c>, wherever in the model that is; data-parallel training calls the
    /// whole model <c>module</c>.
    /// </summary>
    private static string[] WithoutWrappers(string[] names)
    {
        const string Compiled = "_orig_mod.";
        const string Parallel = "module.";
        names = Array.ConvertAll(names, name => ("." + name).Replace("." + Compiled, ".", StringComparison.Ordinal)[1..]);
        while (Array.TrueForAll(names, name => name.StartsWith(Parallel, StringComparison.Ordinal)))
            names = Array.ConvertAll(names, name => name[Parallel.Length..]);
        return names;
    }
}
