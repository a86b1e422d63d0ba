using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MicroGpt.Data.Curriculum;

namespace MicroGpt.Tests.Data.Curriculum;

public sealed class CurriculumWriterTests : IDisposable
{
    private static readonly CurriculumOptions s_small = new() { Size = CurriculumOptions.SmallestSize };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_seed_gives_the_same_bytes_with_any_number_of_threads()
    {
        var options = s_small with { Size = 900_000 };
        var one = Hashes("one", options with { Threads = 1 });
        Assert.Equal(one, Hashes("three", options with { Threads = 3 }));
        var other = Hashes("other", options with { Seed = 2 });
        Assert.Equal(one.Keys, other.Keys);
        Assert.All(one.Keys.Except(["README.md"]), name => Assert.NotEqual(one[name], other[name]));
    }

    /// <summary>Three examples of every skill for people to read, and the hash of all there is: the same on every machine.</summary>
    [Fact]
    public void The_examples_are_the_approved_ones()
    {
        var files = Write(_folder.File("c"), s_small);
        var text = new StringBuilder();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            var path = Path.Combine(_folder.File("c"), file.Path);
            hash.AppendData(File.ReadAllBytes(path));
            if (file.Part != CurriculumPart.Validation)
                text.Append(file.Path).Append('\n').AppendJoin('\n', File.ReadLines(path).Take(3)).Append("\n\n");
        }

        Approved.Matches("tests/MicroGpt.Tests/Data/Curriculum/Examples", $"{text}{Convert.ToHexStringLower(hash.GetHashAndReset())}\n");
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public void It_is_as_large_as_wished(long size)
    {
        Write(_folder.File("c"), s_small with { Size = size });
        var bytes = Directory.GetFiles(_folder.File("c"), "*.jsonl", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length);
        Assert.InRange(bytes / (double)size, 0.99, 1.1);
    }

    [Fact]
    public void One_language_alone_leaves_nothing_of_the_other()
    {
        Write(_folder.File("c"), s_small);
        var files = Write(_folder.File("c"), s_small with { Language = "zh" });
        Assert.Equal(CurriculumSkills.All.Count(skill => skill.Language == "zh"), files.DistinctBy(file => file.Skill).Count());
        Assert.Equal(files.Count, Directory.GetFiles(_folder.File("c"), "*.jsonl", SearchOption.AllDirectories).Length);
        Assert.Contains("en and zh", Assert.Throws<ArgumentException>(() => Write(_folder.File("c"), s_small with { Language = "de" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_larger_one_begins_as_a_smaller_one()
    {
        Write(_folder.File("small"), s_small with { Size = 1_000_000 });
        Write(_folder.File("large"), s_small with { Size = 2_000_000 });
        const string Name = "text/train/stories.jsonl";
        var small = File.ReadAllLines(Path.Combine(_folder.File("small"), Name));
        Assert.Equal(small[..100], File.ReadLines(Path.Combine(_folder.File("large"), Name)).Take(100));
    }

    [Fact]
    public void The_files_are_those_listed()
    {
        var files = Write(_folder.File("c"), s_small);
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.File("c"), "curriculum.json")));
        Assert.True(manifest.RootElement.GetProperty("complete").GetBoolean());
        Assert.Equal(1UL, manifest.RootElement.GetProperty("seed").GetUInt64());
        var listed = manifest.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!).Order();
        var there = Directory.GetFiles(_folder.File("c"), "*.jsonl", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder.File("c"), path).Replace('\\', '/')).Order();
        Assert.Equal(there, listed);
        Assert.All(files, file =>
        {
            var path = Path.Combine(_folder.File("c"), file.Path);
            Assert.Equal((file.Bytes, file.Examples), (new FileInfo(path).Length, File.ReadLines(path).LongCount()));
        });

        var readme = File.ReadAllText(Path.Combine(_folder.File("c"), "README.md"));
        Assert.All(CurriculumSkills.All, skill => Assert.Contains($"| {skill.Name} | {skill.Language} | {skill.Description} |", readme, StringComparison.Ordinal));
        Assert.Contains("--seed 1 --size 100000", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Stories_do_not_repeat()
    {
        Write(_folder.File("c"), s_small with { Size = 3_000_000 });
        foreach (var name in (string[])["stories", "stories-zh"])
        {
            var stories = File.ReadAllLines(Path.Combine(_folder.File("c"), $"text/train/{name}.jsonl"));
            Assert.Equal(stories.Length, stories.Distinct().Count());
        }
    }

    [Fact]
    public void An_earlier_curriculum_is_replaced_and_a_half_written_one_too()
    {
        Write(_folder.File("c"), s_small with { Seed = 3 });
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => CurriculumWriter.Write(_folder.File("c"), s_small, null, cancelled.Token));
        Assert.Contains("\"complete\": false", File.ReadAllText(Path.Combine(_folder.File("c"), "curriculum.json")), StringComparison.Ordinal);
        Assert.Equal(Hashes("d", s_small), Hashes("c", s_small));
    }

    [Fact]
    public void A_folder_of_something_else_is_left_alone()
    {
        File.WriteAllText(_folder.File("thesis.txt"), "mine");
        Assert.Contains("something else", Assert.Throws<ArgumentException>(() => Write(_folder.Path, s_small)).Message, StringComparison.Ordinal);
        Assert.Contains("is a file", Assert.Throws<ArgumentException>(() => Write(_folder.File("thesis.txt"), s_small)).Message, StringComparison.Ordinal);
        Assert.Contains("can't be made", Assert.Throws<IOException>(() => Write(_folder.File("thesis.txt/x"), s_small)).Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(99_999)]
    [InlineData(1_000_000_001)]
    public void A_size_out_of_range_is_refused(long size) =>
        Assert.Throws<ArgumentException>(() => Write(_folder.File("c"), s_small with { Size = size }));

    [Fact]
    public void Progress_is_told_and_only_grows()
    {
        var reports = new List<long>();
        Write(_folder.File("c"), s_small, new Progress(reports));
        Assert.Equal(reports.Order(), reports);
        Assert.InRange(reports[^1], 100_000, 110_000);
    }

    private static IReadOnlyList<CurriculumFile> Write(string folder, CurriculumOptions options, IProgress<long>? progress = null) =>
        CurriculumWriter.Write(folder, options, progress, TestContext.Current.CancellationToken);

    private SortedDictionary<string, string> Hashes(string name, CurriculumOptions options)
    {
        Write(_folder.File(name), options);
        return new(
            Directory.GetFiles(_folder.File(name), "*", SearchOption.AllDirectories)
                .ToDictionary(path => Path.GetRelativePath(_folder.File(name), path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))),
            StringComparer.Ordinal);
    }

    private sealed class Progress(List<long> reports) : IProgress<long>
    {
        public void Report(long value) => reports.Add(value);
    }
}
