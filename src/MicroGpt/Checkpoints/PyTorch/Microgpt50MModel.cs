using MicroGpt.Models;

namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>
/// Zhenghong-Liu/MicroGPT (model/microGPT.py), whose file is a bare state_dict: all sizes but the number of heads follow from the shapes.
/// </summary>
internal sealed class Microgpt50MModel : TorchModel
{
    private const string Embedding = "embedding.weight";
    private const string Head = "fc.weight";
    private const string PositionTable = "pos_encoding.pe"; // a buffer, computed here
    private const string Blocks = "gpt_blocks.";

    private static readonly (string Ours, string InFile)[] s_names =
    [
        ("transformer.wte.", "embedding."), ("transformer.h.", Blocks), ("transformer.ln_f.", "ln_f."), ("lm_head.", "fc."),
        (".ln_1.", ".ln1."), (".attn.c_attn.", ".attn.in_proj_"), (".attn.c_proj.", ".attn.out_proj."),
        (".ln_2.", ".ln2."), (".mlp.c_fc.", ".ffn.fc1."), (".mlp.c_proj.", ".ffn.fc2."),
    ];

    public override string Preset => "microgpt-50m";

    public override string TypicalName => Blocks + "0.ln1.weight";

    public override StoredModel Open(TorchFile file, ImportOptions options)
    {
        var entries = file.Entries.ToDictionary(entry => entry.Name);
        var preset = GptPresets.Create(Preset, Size(Embedding, 0) ?? Size(Head, 0) ?? 1);
        var width = Size(Embedding, 1) ?? Size(PositionTable, 1) ?? preset.Width;
        var heads = options.Heads ?? preset.Heads;
        if (heads < 1 || width % heads != 0)
            throw new ArgumentException($"{heads} heads do not divide {file.Path}'s width of {width}: say with --heads how many it was trained with.");
        var hidden = Size(Blocks + "0.ffn.fc1.weight", 0);
        var config = preset with
        {
            Width = width,
            Heads = heads,
            Layers = CountLayers(entries.Keys),
            MlpWidth = hidden == 4 * width ? null : hidden,
            ContextLength = Math.Min(preset.ContextLength, Size(PositionTable, 0) ?? int.MaxValue), // it was trained on the preset's
        };
        var model = Create(
            config, file, parameters => new TensorMapping([.. parameters.Select(name => new TensorRule(name, new TensorPart(InFile(name))))])
            {
                Ignores = name => name == PositionTable,
            },
            options, Path.GetDirectoryName(Path.GetFullPath(file.Path))!);
        if (entries.TryGetValue(PositionTable, out var table))
            CheckPositions(file, table, width);
        return model;

        int? Size(string name, int dimension) =>
            entries.TryGetValue(name, out var entry) && entry.Shape.Rank > dimension && entry.Shape[dimension] > 0 ? entry.Shape[dimension] : null;
    }

    private static string InFile(string parameter) =>
        s_names.Aggregate(parameter, (name, pair) => name.Replace(pair.Ours, pair.InFile, StringComparison.Ordinal));

    /// <summary>One at least, so that a file without any is told what it lacks.</summary>
    private static int CountLayers(IEnumerable<string> names) =>
        Math.Max(1, names.Where(name => name.StartsWith(Blocks, StringComparison.Ordinal)).Select(name => name.Split('.')[1]).Distinct().Count());

    /// <summary>The table is not taken, and so must be what is computed here. Where it is stored in bfloat16, it is rounded.</summary>
    private static void CheckPositions(TorchFile file, TensorEntry table, int width)
    {
        const double Rounding = 0.01;
        const int Position = 1; // of position 0 all angles are 0
        var row = new float[Math.Min(width, table.Shape.Count)];
        var isThere = table.Shape.Rank == 2 && table.Shape[0] > Position && table.Shape[1] == width;
        if (isThere)
            file.Read(PositionTable, row, (long)Position * width);
        for (var i = 0; i < row.Length; i++)
        {
            var angle = Position * Math.Pow(10_000, -(i - i % 2) / (double)width);
            if (!isThere || !(Math.Abs(row[i] - (i % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle))) < Rounding))
                throw new InvalidDataException($"{file.Path} has other positions ({PositionTable}) than a model of this kind, whose are sines and cosines.");
        }
    }
}
