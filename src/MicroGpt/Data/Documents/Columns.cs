namespace MicroGpt.Data.Documents;

/// <summary>What is said where a table lacks the column that was asked for.</summary>
internal static class Columns
{
    public const int MostNames = 20;

    public static string Missing(string source, string field, IReadOnlyCollection<string> names) =>
        $"{source}: there is no {(field.Length == 0 ? "column without a name" : $"column \"{field}\"")} of text; {List(names)} Name one of them with --field.";

    /// <summary>Names in a sentence.</summary>
    public static string List(IReadOnlyCollection<string> names) => names.Count switch
    {
        0 => "there is none.",
        1 => $"there is {Quoted(names.First())}.",
        <= MostNames => $"there are {string.Join(", ", names.Select(Quoted))}.",
        _ => $"there are {names.Count:N0}, the first of them {string.Join(", ", names.Take(MostNames).Select(Quoted))}.",
    };

    private static string Quoted(string name) => name.Length <= 60 ? $"\"{name}\"" : $"\"{name[..60]}…\"";
}
