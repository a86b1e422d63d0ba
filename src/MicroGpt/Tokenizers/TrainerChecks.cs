namespace MicroGpt.Tokenizers;

/// <summary>What the trainers of tokenizers refuse alike.</summary>
internal static class TrainerChecks
{
    private const int LargestVocabulary = 1 << 24;
    private const int MostThreads = 1024;

    public static void CheckSizes(int vocabularySize, long minFrequency, int? threads)
    {
        if (vocabularySize > LargestVocabulary)
            throw new ArgumentException($"A vocabulary of {vocabularySize:N0} tokens is too large; {LargestVocabulary:N0} are the most that can be.");
        if (minFrequency < 0)
            throw new ArgumentException("The least frequency can't be negative.");
        if (threads is < 1 or > MostThreads)
            throw new ArgumentException($"The number of threads must be from 1 to {MostThreads}, not {threads}.");
    }

    public static void CheckSpecialTokens(IReadOnlyList<string> names, string? bos, string? eos)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
            if (name is null || name.Length < 2)
                throw new ArgumentException($"\"{name}\" can't be a special token: it would not be told from text. Give it a name such as <|{name}|>.");
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The special token {twice.Key} is given twice.");
        foreach (var name in (string?[])[bos, eos])
            if (name is not null && !names.Contains(name, StringComparer.Ordinal))
                throw new ArgumentException($"{name} is not among the special tokens{(names.Count == 0 ? "" : ": " + string.Join(", ", names))}.");
    }
}
