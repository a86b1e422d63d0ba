using System.Buffers;

namespace MicroGpt.Data.Curriculum;

/// <summary>
/// The examples of one skill for one part, as lines in chunks: each chunk has a generator of its own, so that chunks can be made
/// in any order and by any thread, and a larger curriculum begins as a smaller one does.
/// </summary>
internal sealed class ExampleStream(Skill skill, IReadOnlyList<Skill> followers, CurriculumPart part, ulong seed)
{
    /// <summary>Bytes in a chunk, nearly.</summary>
    public const int ChunkSize = 1 << 17;

    private const int ValidationOneIn = 32;
    private const int MostExchanges = 3;
    private const int MostTries = 2000; // for another example, before there is none

    /// <summary>The lines of a chunk, until it has that many bytes or examples.</summary>
    public (ReadOnlyMemory<byte> Lines, int Examples) Chunk(int number, long bytes, int examples)
    {
        var draw = new Draw(SeedOf($"{number}"), part);
        var lines = new ArrayBufferWriter<byte>((int)Math.Min(bytes, ChunkSize) + 4096);
        using var json = ExampleJson.CreateWriter(lines);
        var seen = new HashSet<string>(); // a test has no example twice
        var count = 0;
        while (lines.WrittenCount < bytes && count < examples)
        {
            if (Next(draw, seen) is not { } exchanges)
                break;
            ExampleJson.Write(json, skill, exchanges, withScoring: part == CurriculumPart.Test);
            json.Reset();
            lines.Write("\n"u8);
            count++;
        }

        return (lines.WrittenMemory, count);
    }

    /// <summary>The n-th of an endless row of single examples, each drawn by a generator of its own.</summary>
    public Example Single(long number) =>
        NextExamples(skill, new Draw(SeedOf($"single {number}"), part), [])?[0]
        ?? throw new InvalidOperationException($"The skill {skill.Name} has no example for {part}.");

    private List<Example>? Next(Draw draw, HashSet<string> seen)
    {
        if (NextExamples(skill, draw, seen) is not { } exchanges)
            return null;
        while (part != CurriculumPart.Test && exchanges.Count < MostExchanges && draw.Chance(skill.GoesOn))
        {
            // Nobody says the same twice in one conversation.
            if (NextExamples(draw.Pick(followers), draw, seen) is [var next, ..] && !exchanges.Exists(earlier => earlier.Reply.Text == next.Reply.Text))
                exchanges.Add(next);
        }

        return exchanges;
    }

    // Examples that belong to this part: training and validation have the same words, but no question or document in common.
    private List<Example>? NextExamples(Skill skill, Draw draw, HashSet<string> seen)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var examples = skill.Together(draw);
            if (part == CurriculumPart.Test ? seen.Add(Said(examples[0])) : BelongsHere(examples[0]))
                return [examples[0], .. examples.Skip(1).Where(BelongsHere)];
        }

        return null;

        string Said(Example example) => skill.IsText ? example.Reply.Text : example.Prompt;
        bool BelongsHere(Example example) => IsForValidation(Said(example)) == (part == CurriculumPart.Validation);
    }

    private static bool IsForValidation(string text) => Hash(14695981039346656037, text) % ValidationOneIn == 0;

    private ulong SeedOf(string what) =>
        Mixed(Hash(Mixed(seed), $"{skill.Name}/{part}/{what}"));

    // FNV-1a over UTF-16, with a last mixing so that all bits count (the finalizer of SplitMix64)
    private static ulong Hash(ulong hash, string text)
    {
        foreach (var letter in text)
            hash = (hash ^ letter) * 1099511628211;
        return Mixed(hash);
    }

    private static ulong Mixed(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
