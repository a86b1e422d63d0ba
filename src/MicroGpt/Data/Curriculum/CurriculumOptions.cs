namespace MicroGpt.Data.Curriculum;

/// <summary>What curriculum to write.</summary>
public sealed record CurriculumOptions
{
    /// <summary>The smallest curriculum, in bytes: below it the parts are too small to mean anything.</summary>
    public const long SmallestSize = 100_000;

    /// <summary>The largest curriculum, in bytes.</summary>
    public const long LargestSize = 1_000_000_000;

    /// <summary>Decides everything: the same seed and size, the same bytes, on every machine and with any number of threads.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>All files together, in bytes, nearly.</summary>
    public long Size { get; init; } = 20_000_000;

    /// <summary>The language of the skills that are written, <c>en</c> or <c>zh</c>; null for all.</summary>
    public string? Language { get; init; }

    /// <summary>How many threads write; null for one a core.</summary>
    public int? Threads { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">The size or the number of threads is out of range, or there are no skills in that language.</exception>
    public CurriculumOptions Validate()
    {
        if (Size is < SmallestSize or > LargestSize)
            throw new ArgumentException($"The curriculum's size must be from 100KB to 1GB, not {Size:N0} bytes.");
        var languages = CurriculumSkills.All.Select(skill => skill.Language).Distinct(StringComparer.Ordinal).ToArray();
        if (Language is not null && !languages.Contains(Language, StringComparer.Ordinal))
            throw new ArgumentException($"There is no curriculum in the language {Language}; there are {string.Join(" and ", languages)}.");
        if (Threads is < 1 or > 1024)
            throw new ArgumentException($"The number of threads must be from 1 to 1024, not {Threads}.");
        return this;
    }
}
