using MicroGpt.Checkpoints.Gguf;

namespace MicroGpt.Checkpoints;

/// <summary>A form in which others take models, for writing. <see cref="ModelExporter"/> has the list.</summary>
public interface IExportFormat
{
    /// <summary>What a person asks for it by.</summary>
    string Name { get; }

    /// <summary>The types that its weights can have, by the names that a person gives; the first is the default, "same" is that of the source.</summary>
    IReadOnlyList<string> Types { get; }

    /// <summary>Writes a model.</summary>
    /// <param name="model">The model, of which no more than some pieces are in memory at once.</param>
    /// <param name="path">The file or folder; an old one is replaced.</param>
    /// <param name="type">One of <see cref="Types"/>.</param>
    /// <param name="progress">Is told how many of the model's numbers are written.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">Such a model can't be written in this form.</exception>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="InvalidDataException">The model is damaged, or has a number that the type can't hold.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    void Write(StoredModel model, string path, string type, IProgress<long>? progress, CancellationToken cancellation);
}

/// <summary>The forms in which models leave.</summary>
public static class ModelExporter
{
    /// <summary>The formats.</summary>
    public static IReadOnlyList<IExportFormat> Formats { get; } = [new SafeTensorsExport(), new GgufExport()];

    /// <summary>Finds a format and one of its types by their names.</summary>
    /// <param name="format">The format's name.</param>
    /// <param name="type">A type's name, or null for the format's default.</param>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those that there are.</exception>
    public static (IExportFormat Format, string Type) Find(string format, string? type)
    {
        var found = Formats.FirstOrDefault(known => known.Name == format)
            ?? throw new ArgumentException($"There is no format \"{format}\"; there are {string.Join(", ", Formats.Select(known => known.Name))}.");
        return (found, found.Types.FirstOrDefault(known => known == (type ?? found.Types[0]))
            ?? throw new ArgumentException($"{found.Name} has no type \"{type}\"; it has {string.Join(", ", found.Types)}."));
    }

    /// <summary>A folder in Hugging Face's layout.</summary>
    private sealed class SafeTensorsExport : IExportFormat
    {
        public string Name => "safetensors";

        public IReadOnlyList<string> Types { get; } = ["same", "f32", "f16", "bf16"];

        public void Write(StoredModel model, string path, string type, IProgress<long>? progress, CancellationToken cancellation) =>
            ModelCheckpoint.Save(path, model, type == "same" ? null : Enum.Parse<TensorType>(type, ignoreCase: true), progress, cancellation);
    }
}
