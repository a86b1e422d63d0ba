namespace MicroGpt.Checkpoints;

/// <summary>A folder as transformers and this library write it.</summary>
internal sealed class HuggingFaceFolder : IModelFormat
{
    public string Name => "a Hugging Face folder (config.json with model.safetensors)";

    public bool Recognizes(string path) => File.Exists(Path.Combine(path, ModelCheckpoint.ConfigurationFile));

    public StoredModel Open(string path, ImportOptions options) =>
        options is { Preset: null, Heads: null, Tokenizer: null }
            ? ModelCheckpoint.Open(path, options)
            : throw new ArgumentException($"{path} says in its {ModelCheckpoint.ConfigurationFile} what model it is: leave out --preset, --heads and --tokenizer.");
}
