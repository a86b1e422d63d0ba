namespace MicroGpt.Checkpoints;

/// <summary>A way in which others store models, for reading. <see cref="ModelImporter"/> has the list.</summary>
public interface IModelFormat
{
    /// <summary>What it is called, for people: "GGUF", "a Hugging Face folder".</summary>
    string Name { get; }

    /// <summary>Whether a file or folder, which exists, looks like it: by its name and its first bytes, without reading it.</summary>
    bool Recognizes(string path);

    /// <summary>Opens a model.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or a model that can't be run here; the message says why.</exception>
    /// <exception cref="ArgumentException">An option is missing, or fits no such model; the message says what to do.</exception>
    StoredModel Open(string path, ImportOptions options);
}

/// <summary>What a person says about a file that does not say it itself.</summary>
public sealed record ImportOptions
{
    /// <summary>The kind of model, one of <see cref="Models.GptPresets.Names"/>; null where the file says it.</summary>
    public string? Preset { get; init; }

    /// <summary>The number of query heads, which no weight's shape tells; null where the file says it or the preset's is right.</summary>
    public int? Heads { get; init; }

    /// <summary>Whether weights that are infinite or no numbers are let through; otherwise reading them fails.</summary>
    public bool AllowNonFinite { get; init; }

    /// <summary>The file or folder of its tokenizer, for a model that has none with it; null for what lies beside the model, if anything.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Whether the tokenizer is not wanted, and need not even be one that can be read.</summary>
    public bool WithoutTokenizer { get; init; }
}
