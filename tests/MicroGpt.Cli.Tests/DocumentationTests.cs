using System.Text.RegularExpressions;
using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Tests;

/// <summary>Every command that the documentation shows is run as it stands, in order, in one folder; only with few steps.</summary>
public sealed partial class DocumentationTests
{
    // What other tests run, or what runs these tests.
    private static readonly string[] s_runElsewhere =
    [
        "dotnet run -c Release --project src/MicroGpt.Cli -- speedrun", // SpeedrunCommandTests
        "dotnet run -c Release --project src/MicroGpt.Cli", // QuickstartTests
        "dotnet run microgpt.cs", // MicroGptFileTests
        "dotnet run -c Release microgpt.cs -- names.txt",
        "dotnet test", // this very run
        "dotnet format --verify-no-changes", // .ci/run
    ];

    public static TheoryData<string> Documents()
    {
        var pages = Directory.EnumerateFiles(TestFiles.Repository, "*.md")
            .Concat(((string[])["docs", "samples"]).SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(TestFiles.Repository, folder), "*.md", SearchOption.AllDirectories)));
        return [.. pages.Select(page => Path.GetRelativePath(TestFiles.Repository, page)).Order()];
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_command_works(string page)
    {
        using var folder = new TemporaryFolder();
        var text = string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog. ", 200));
        File.WriteAllText(folder.File("my-notes.txt"), text);
        File.WriteAllText(folder.File("tinyshakespeare.txt"), text);

        CopySamples(folder);
        WriteModelsOfOthers(folder);

        foreach (var command in Commands(page).Except(s_runElsewhere))
        {
            Assert.StartsWith("microgpt ", command, StringComparison.Ordinal);
            var (code, _, error) = CommandLineProcess.RunIn(folder.Path, CommandLineProcess.Built, Words(Shortened(command["microgpt ".Length..])));
            Assert.True(code == 0, $"{page}: {command}\n{error}");
        }
    }

    [Fact]
    public void There_are_commands_to_try() => Assert.True(Commands("README.md").Count() > 8);

    /// <summary>What people have on their disks, and the pages speak of.</summary>
    private static void WriteModelsOfOthers(TemporaryFolder folder)
    {
        File.WriteAllText(folder.File("questions.jsonl"), string.Concat(Enumerable.Range(2, 20).Select(i =>
            $$"""{"messages": [{"role": "user", "content": "{{i}} + 1?"}, {"role": "assistant", "content": "{{i + 1}}"}]}""" + "\n")));
        File.WriteAllText(folder.File("pairs.jsonl"), string.Concat(Enumerable.Range(2, 20).Select(i =>
            $$"""{"prompt": "{{i}} + 1?", "chosen": "{{i + 1}}, my dear.", "rejected": "{{i}}, go away."}""" + "\n")));
        Copy("microgpt-50m.pth", "assert/micro_gpt_chat.pth");
        TokenizerFiles.Save(CharTokenizer.Train(["abcdefghijklmnopqrstuvwxyz ."], bos: true), folder.File("dataset"));
        Copy("nanochat/model_000010.pt", "base_checkpoints/d12/model_002000.pt");
        Copy("nanochat/meta_000010.json", "base_checkpoints/d12/meta_002000.json");
        Copy("nanochat/tokenizer.pkl", "tokenizer/tokenizer.pkl");

        void Copy(string recorded, string name)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
            File.Copy(TestFiles.OfPyTorch(recorded), folder.File(name));
        }
    }

    /// <summary>The same command with little to do.</summary>
    private static string Shortened(string arguments)
    {
        return arguments.Split(' ')[0] switch
        {
            "train" or "finetune" => Steps().Replace(arguments, "") + (arguments.Contains("--resume", StringComparison.Ordinal) ? " --steps 4" : " --steps 2"),
            "align" when arguments.Contains("--resume", StringComparison.Ordinal) => arguments + " --steps 4",
            "align" => arguments + (arguments.Contains("dpo", StringComparison.Ordinal) ? " --steps 2" : " --steps 2 --prompts 2 --eval-batches 4"),
            "speedrun" when !arguments.Contains("--repeat", StringComparison.Ordinal) => Minutes().Replace(arguments, "") + " --minutes 0.1 --depth 1",
            _ => arguments,
        };
    }

    [GeneratedRegex(" --steps [0-9]+")]
    private static partial Regex Steps();

    [GeneratedRegex(" --(minutes|depth) [0-9]+")]
    private static partial Regex Minutes();

    private static void CopySamples(TemporaryFolder folder)
    {
        var samples = Path.Combine(TestFiles.Repository, "samples");
        foreach (var file in Directory.EnumerateFiles(samples, "*", SearchOption.AllDirectories))
        {
            var copy = folder.File(Path.Combine("samples", Path.GetRelativePath(samples, file)));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static IEnumerable<string> Commands(string page)
    {
        var inside = false;
        foreach (var line in File.ReadLines(Path.Combine(TestFiles.Repository, page)))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = line == "```console";
            else if (inside)
                yield return line;
        }
    }

    /// <summary>The words of a command line, of which some stand in quotes.</summary>
    private static string[] Words(string arguments) =>
        [.. arguments.Split('"').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
