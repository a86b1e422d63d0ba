using System.CommandLine;
using System.Globalization;
using MicroGpt.Checkpoints;
using MicroGpt.Cli.Output;
using MicroGpt.Numerics;
using Spectre.Console;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt diff`: which tensors of two checkpoints differ, and by how much.</summary>
internal sealed class DiffCommand : Command, IHasExamples
{
    private readonly Argument<string> _first = Checkpoint("first");
    private readonly Argument<string> _second = Checkpoint("second");
    private readonly CommandContext _context;

    public DiffCommand(CommandContext context)
        : base("diff", "Show the tensors that differ between two checkpoints. The exit code is 0 if there are none, else 1.")
    {
        _context = context;
        Arguments.Add(_first);
        Arguments.Add(_second);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt diff shakespeare shakespeare-bf16", "What half precision costs"),
        ("microgpt diff before/model.safetensors after/model.safetensors", "Any two files, whatever is in them"),
    ];

    private static Argument<string> Checkpoint(string name) => new(name)
    {
        Description = "A model in any form that can be imported, or a safetensors file.",
        HelpName = "FILE|FOLDER",
    };

    private int Run(ParseResult parse)
    {
        var (firstPath, secondPath) = (parse.GetValue(_first)!, parse.GetValue(_second)!);
        using var first = ModelImporter.OpenTensors(firstPath);
        using var second = ModelImporter.OpenTensors(secondPath);
        IReadOnlyList<TensorDifference> all = [];
        try
        {
            ConversionProgress.Run(
                _context, "Comparing", first.Entries.Sum(entry => (long)entry.Shape.Count),
                progress => all = TensorComparison.Compare(first, second, progress, _context.Cancellation));
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        var differences = all.Where(tensor => !tensor.IsNone).ToArray();
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        foreach (var tensor in differences)
            grid.AddRow(Markup.Escape(tensor.Name), Markup.Escape(Describe(tensor, firstPath, secondPath)));
        if (differences.Length > 0)
            _context.Console.Write(grid);
        var same = all.Count - differences.Length;
        _context.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Tensors(same)} the same, {Tensors(differences.Length)} not."));
        return differences.Length == 0 ? ExitCode.Success : ExitCode.Error;

        static string Tensors(int count) => count == 1 ? "1 tensor is" : $"{count:N0} tensors are";
    }

    private static string Describe(TensorDifference tensor, string first, string second) =>
        tensor.Second is null ? $"is not in {second}"
        : tensor.First is not { } shape ? $"is not in {first}"
        : tensor.Second != shape ? $"has the shapes {shape} and {tensor.Second}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{tensor.Different:N0} of {shape.Count:N0} numbers differ, most by {tensor.Largest:G3} at {Place(tensor.At, shape)}: {tensor.Values.First:R}, {tensor.Values.Second:R}");

    private static string Place(long at, Shape shape)
    {
        var indices = shape.ToArray();
        for (var dimension = indices.Length - 1; dimension >= 0; dimension--)
            (at, indices[dimension]) = (at / shape[dimension], (int)(at % shape[dimension]));
        return $"[{string.Join(", ", indices)}]";
    }
}
