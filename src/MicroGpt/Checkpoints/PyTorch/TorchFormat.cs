namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>A file of <c>torch.save</c> with the weights of a model whose names are known.</summary>
internal sealed class TorchFormat : IModelFormat
{
    private static readonly TorchModel[] s_models = [new Microgpt50MModel(), new NanochatModel()];
    private static readonly string[] s_suffixes = [".pth", ".pt"];

    public string Name => $"a file that torch.save wrote (.pth, .pt) of {string.Join(" or ", s_models.Select(model => model.Preset))}";

    public bool Recognizes(string path)
    {
        if (!File.Exists(path))
            return false;
        if (s_suffixes.Contains(Path.GetExtension(path)))
            return true;
        using var file = new MappedFile(path);
        return TorchSignature.Recognizes(file.Slice(0, (int)Math.Min(file.Length, TorchSignature.Bytes)));
    }

    public StoredModel Open(string path, ImportOptions options)
    {
        var file = TorchFile.Open(path);
        try
        {
            return Find(file, options).Open(file, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The model that a person says it is, else the one whose names it has.</summary>
    private static TorchModel Find(TorchFile file, ImportOptions options)
    {
        if (options.Preset is { } preset)
            return s_models.FirstOrDefault(model => model.Preset == preset)
                ?? throw new ArgumentException($"Files of torch.save can be read of {string.Join(" and ", s_models.Select(model => model.Preset))}, not of {preset}.");
        var names = file.Entries.Select(entry => entry.Name).ToHashSet();
        return s_models.FirstOrDefault(model => names.Contains(model.TypicalName)) ?? throw new InvalidDataException(
            $"{file.Path} is of a model that is not known here: it has {string.Join(", ", NameList.Of(names))}. Say with --preset {string.Join(" or ", s_models.Select(model => model.Preset))} if it should be one of them, to see what differs.");
    }
}
