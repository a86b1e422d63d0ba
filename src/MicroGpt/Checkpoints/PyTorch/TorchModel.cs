using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>A kind of model that has only a state_dict: how its names and shapes, and what lies beside it, become one of ours.</summary>
internal abstract class TorchModel
{
    /// <summary>The preset of this kind.</summary>
    public abstract string Preset { get; }

    /// <summary>A tensor that every model of this kind has, and none of the others.</summary>
    public abstract string TypicalName { get; }

    /// <summary>Opens a model.</summary>
    /// <param name="file">Its weights; the model's from now on.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="IOException">A file that should be beside it is not.</exception>
    /// <exception cref="InvalidDataException">It is of another model, or damaged.</exception>
    /// <exception cref="ArgumentException">An option does not fit.</exception>
    public abstract StoredModel Open(TorchFile file, ImportOptions options);

    /// <summary>Puts the model together, with the tokenizer that was named or else found.</summary>
    protected static StoredModel Create(
        Models.GptConfig config, TorchFile file, Func<IReadOnlyList<string>, TensorMapping> mapping, ImportOptions options, params IEnumerable<string> usualTokenizers)
    {
        var path = options.WithoutTokenizer ? null : options.Tokenizer ?? usualTokenizers.FirstOrDefault(TorchTokenizer.Exists);
        var tokenizer = path is null ? null : TorchTokenizer.Load(path);
        return StoredModel.Create(config, file, mapping, tokenizer, file.Path, options) with
        {
            ChatTemplate = tokenizer is null ? null : TorchTokenizer.LoadTemplate(path!) ?? ChatTemplate.For(tokenizer)?.Jinja,
        };
    }
}
