using System.Text.Json;
using System.Text.RegularExpressions;
using MicroGpt.Models;

namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>
/// karpathy/nanochat (nanochat/checkpoint_manager.py): <c>model_NNNNNN.pt</c> and beside it <c>meta_NNNNNN.json</c>, which says the
/// sizes. Its names and shapes are ours.
/// </summary>
internal sealed partial class NanochatModel : TorchModel
{
    private const long LongestMeta = 10_000_000; // bytes

    public override string Preset => "nanochat";

    public override string TypicalName => "transformer.h.0.attn.c_q.weight";

    public override StoredModel Open(TorchFile file, ImportOptions options)
    {
        if (options.Heads is not null)
            throw new ArgumentException($"nanochat's meta file says how many heads {file.Path} has: leave out --heads.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(file.Path))!;
        var name = ModelFile().Match(Path.GetFileName(file.Path));
        if (!name.Success)
            throw new ArgumentException($"{file.Path} is not called model_NNNNNN.pt as nanochat calls it, so that meta_NNNNNN.json beside it can be found: give it its name again.");
        var meta = Path.Combine(folder, $"meta_{name.Groups[1].Value}.json");
        if (!File.Exists(meta))
            throw new FileNotFoundException($"{meta} is not there: nanochat writes it beside the weights, and it says the model's sizes.");
        var (config, step) = ReadMeta(meta);
        return Create(
            config, file, TensorMapping.Same, options,
            folder, Path.Combine(folder, "..", "..", "tokenizer", TorchTokenizer.FileName)) with // where nanochat has it
        {
            Step = step,
        };
    }

    internal static (GptConfig Config, int Step) ReadMeta(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LongestMeta)
                throw new InvalidDataException("it is longer than any");
            return ReadMeta(File.ReadAllBytes(path));
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path} is not of a model that can be used: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    internal static (GptConfig Config, int Step) ReadMeta(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            var meta = new JsonObjectReader(json.RootElement);
            var model = meta.Object("model_config");
            var (heads, groups) = (model.Int("n_head"), model.Int("n_kv_head"));
            var config = GptPresets.Nanochat(model.Int("vocab_size")) with
            {
                ContextLength = model.Int("sequence_len"),
                Layers = model.Int("n_layer"),
                Heads = heads,
                KeyValueHeads = groups == heads ? null : groups,
                Width = model.Int("n_embd"),
                WindowPattern = model.StringOrNull("window_pattern")?.ToUpperInvariant(), // older models have long windows everywhere
            };
            return (config.Validate(), meta.IntOrNull("step") ?? 0);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    [GeneratedRegex(@"^model_(\d+)\.pt$")]
    private static partial Regex ModelFile();
}
