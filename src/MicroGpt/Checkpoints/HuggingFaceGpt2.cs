using System.Text.Json;
using MicroGpt.Models;

namespace MicroGpt.Checkpoints;

/// <summary>
/// GPT-2, <c>GPT2LMHeadModel</c>. The matrices of its blocks are of a class that multiplies from the other side, <c>Conv1D</c>: they are stored
/// as (inputs, outputs), where everything else is (outputs, inputs).
/// </summary>
internal sealed class HuggingFaceGpt2 : HuggingFaceModel
{
    private const string Prefix = "transformer.";

    // "gelu_pytorch_tanh" computes the same as "gelu_new".
    private static readonly (string Name, ActivationKind Kind)[] s_activations =
    [
        ("gelu_new", ActivationKind.Gelu), ("gelu_pytorch_tanh", ActivationKind.Gelu), ("gelu", ActivationKind.GeluErf), ("relu", ActivationKind.Relu),
    ];

    public override string ModelType => "gpt2";

    public override string Architecture => "GPT2LMHeadModel";

    public override TensorMapping FromFile(GptConfig config, IEnumerable<string> parameters, IReadOnlyCollection<string> names)
    {
        // The published files are of a model without its head, and have no prefix.
        var prefix = names.Contains("wte.weight") ? "" : Prefix;
        return new TensorMapping([.. parameters.Select(name => Rule(name, InFile(name)))])
        {
            // The triangle of attention, which older versions stored, and a head that is the embedding once more.
            Ignores = name => name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal)
                || (config.TiedHead && name == ParameterNames.Head),
        };

        string InFile(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? prefix + name[Prefix.Length..] : name;

        static TensorRule Rule(string parameter, string inFile) => new(parameter, new TensorPart(inFile) { Transposed = IsConv1D(parameter) });
    }

    public override TensorMapping ToFile(IEnumerable<string> parameters) =>
        new([.. parameters.Select(name => new TensorRule(name, new TensorPart(name) { Transposed = IsConv1D(name) }))]);

    protected override GptConfig ReadSizes(JsonObjectReader json)
    {
        json.MustBe("scale_attn_weights", true);
        json.MustBe("scale_attn_by_inverse_layer_idx", false);
        json.MustBe("add_cross_attention", false);
        var activation = json.StringOrNull("activation_function") ?? "gelu_new";
        var known = s_activations.FirstOrDefault(known => known.Name == activation);
        return GptPresets.Gpt2(json.Int("vocab_size")) with
        {
            ContextLength = json.IntOrNull("n_positions") ?? json.IntOrNull("n_ctx") ?? 1024,
            Layers = json.IntOrNull("n_layer") ?? 12,
            Heads = json.IntOrNull("n_head") ?? 12,
            Width = json.IntOrNull("n_embd") ?? 768,
            MlpWidth = json.IntOrNull("n_inner"),
            Activation = known.Name is not null ? known.Kind : throw new InvalidDataException($"its activation_function {activation} is not known here"),
            NormEpsilon = json.DoubleOrNull("layer_norm_epsilon") ?? 1e-5,
            TiedHead = json.Bool("tie_word_embeddings", true),
        };
    }

    protected override void WriteSizes(Utf8JsonWriter json, GptConfig config)
    {
        json.WriteNumber("n_positions", config.ContextLength);
        json.WriteNumber("n_embd", config.Width);
        json.WriteNumber("n_layer", config.Layers);
        json.WriteNumber("n_head", config.Heads);
        json.WriteNumber("n_inner", config.MlpHidden);
        json.WriteString("activation_function", s_activations.FirstOrDefault(known => known.Kind == config.Activation).Name ?? "none");
        json.WriteNumber("layer_norm_epsilon", config.NormEpsilon);
        foreach (var dropout in (string[])["resid_pdrop", "embd_pdrop", "attn_pdrop"])
            json.WriteNumber(dropout, 0);
        json.WriteBoolean("scale_attn_weights", true);
        json.WriteBoolean("scale_attn_by_inverse_layer_idx", false);
        json.WriteBoolean("reorder_and_upcast_attn", false);
        json.WriteBoolean("add_cross_attention", false);
    }

    private static bool IsConv1D(string parameter) =>
        parameter.EndsWith(".c_attn.weight", StringComparison.Ordinal) || parameter.EndsWith(".c_proj.weight", StringComparison.Ordinal)
        || parameter.EndsWith(".c_fc.weight", StringComparison.Ordinal);
}
