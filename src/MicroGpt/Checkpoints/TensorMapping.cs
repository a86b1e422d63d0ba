using System.Text;
using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints;

/// <summary>Tensors under other names: which of a source's make which of ours.</summary>
/// <param name="Rules">A rule for every tensor that can be made, in the order in which they are wanted.</param>
public sealed record TensorMapping(IReadOnlyList<TensorRule> Rules)
{
    /// <summary>Whether a tensor of the source that no rule names is left out without a word: buffers that are computed here.</summary>
    public Func<string, bool> Ignores { get; init; } = _ => false;

    /// <summary>The mapping in which every tensor keeps its name.</summary>
    public static TensorMapping Same(IEnumerable<string> names) => new([.. names.Select(name => new TensorRule(name, new TensorPart(name)))]);

    /// <summary>The source seen through the rules. It is the result's from now on, and disposed with it.</summary>
    /// <param name="source">The tensors there are.</param>
    /// <param name="shapes">The shapes that the results must have, such as <see cref="Models.Gpt.Parameters"/>'; null for those that come out.</param>
    /// <param name="path">What to call the source in messages.</param>
    /// <exception cref="InvalidDataException">
    /// Tensors are missing, are not known, or have other shapes: all are listed, with the nearest name that is known.
    /// </exception>
    public ITensorSource Apply(ITensorSource source, IReadOnlyDictionary<string, Shape>? shapes, string path)
    {
        ArgumentNullException.ThrowIfNull(source);
        var found = source.Entries.ToDictionary(entry => entry.Name);
        var used = Rules.SelectMany(rule => rule.Parts).Select(part => part.Source).ToHashSet();
        var missing = used.Where(name => !found.ContainsKey(name)).ToArray();
        var unexpected = found.Keys.Where(name => !used.Contains(name) && !Ignores(name)).ToArray();
        var made = new List<MappedTensor>();
        var wrong = new List<string>();
        foreach (var rule in Rules.Where(rule => rule.Parts.All(part => found.ContainsKey(part.Source))))
        {
            if (MappedTensor.TryCreate(rule, found, out var tensor) is { } fault)
                wrong.Add(fault);
            else if (shapes is not null && tensor!.Entry.Shape != shapes[rule.Target])
                wrong.Add($"{NamesOf(rule)} {(rule.Parts is [{ Transposed: false }] ? "has" : "gives")} the shape {tensor.Entry.Shape}, the model needs {shapes[rule.Target]}");
            else
                made.Add(tensor!);
        }

        if (missing.Length + unexpected.Length + wrong.Count > 0)
            throw new InvalidDataException($"{path} does not fit the model: {Describe(missing, unexpected, wrong, used)}.");
        return source is MappedTensors mapped && mapped.Resolve(Rules) is { } direct
            ? new TensorMapping(direct) { Ignores = _ => true }.Apply(mapped.Source, shapes, path)
            : new MappedTensors(source, made);

        static string NamesOf(TensorRule rule) => string.Join(" with ", rule.Parts.Select(part => part.Source).Distinct());
    }

    private static string Describe(string[] missing, string[] unexpected, List<string> wrong, IReadOnlyCollection<string> known)
    {
        var text = new StringBuilder();
        if (missing.Length > 0)
            text.Append("it lacks ").AppendJoin(", ", NameList.Of(missing));
        if (unexpected.Length > 0)
            text.Append(text.Length > 0 ? "; " : "").Append("it has unknown ")
                .AppendJoin(", ", NameList.Of(unexpected, name => NameList.Nearest(name, missing) ?? NameList.Nearest(name, known)));
        foreach (var shape in wrong)
            text.Append(text.Length > 0 ? "; " : "").Append(shape);
        return text.ToString();
    }
}
