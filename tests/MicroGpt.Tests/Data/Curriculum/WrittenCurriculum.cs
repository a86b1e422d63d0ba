using System.Text.Json;
using MicroGpt.Data.Curriculum;

namespace MicroGpt.Tests.Data.Curriculum;

/// <summary>A curriculum of two megabytes on the disk, written once for the tests that read it, and read with a reader of their own.</summary>
public sealed class WrittenCurriculum : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public WrittenCurriculum() => Files = CurriculumWriter.Write(Folder, new CurriculumOptions { Size = 2_000_000, Seed = 5 });

    public string Folder => _folder.Path;

    public IReadOnlyList<CurriculumFile> Files { get; }

    public void Dispose() => _folder.Dispose();

    /// <summary>The lines of all files of a part, or of one skill's.</summary>
    public IEnumerable<string> Lines(CurriculumPart part, string? skill = null) =>
        Files.Where(file => file.Part == part && (skill is null || file.Skill.Name == skill))
            .SelectMany(file => File.ReadLines(Path.Combine(Folder, file.Path)));

    /// <summary>Every exchange of a skill's conversations in all parts; those that other skills lend are left out by the caller.</summary>
    public IEnumerable<Exchange> FirstExchanges(string skill) =>
        Enum.GetValues<CurriculumPart>().SelectMany(part => Lines(part, skill)).Select(line => Exchanges(line)[0]);

    /// <summary>A line's exchanges.</summary>
    public static Exchange[] Exchanges(string line)
    {
        using var json = JsonDocument.Parse(line);
        return [.. json.RootElement.GetProperty("messages").EnumerateArray().Chunk(2).Select(pair =>
        {
            Assert.Equal("user", pair[0].GetProperty("role").GetString());
            Assert.Equal("assistant", pair[1].GetProperty("role").GetString());
            var reply = pair[1].GetProperty("content");
            var parts = reply.ValueKind == JsonValueKind.String
                ? [("text", reply.GetString()!)]
                : reply.EnumerateArray().Select(part => (part.GetProperty("type").GetString()!, part.GetProperty("text").GetString()!)).ToArray();
            return new Exchange(
                pair[0].GetProperty("content").GetString()!,
                parts.LastOrDefault(part => part.Item1 == "text").Item2,
                parts.FirstOrDefault(part => part.Item1 == "python").Item2,
                parts.FirstOrDefault(part => part.Item1 == "python_output").Item2);
        })];
    }

    /// <summary>All that anyone says in a line, or its document.</summary>
    public static string Text(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.TryGetProperty("text", out var text)
            ? text.GetString()!
            : string.Join('\n', Exchanges(line).SelectMany(exchange => (string[])[exchange.Prompt, exchange.Call ?? "", exchange.Output ?? "", exchange.Text]));
    }

    /// <summary>What a person says and what is replied: words, and the call of a tool with its output, if there is one.</summary>
    public sealed record Exchange(string Prompt, string Text, string? Call, string? Output);
}
