using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MicroGpt.Tests;

/// <summary>The direction of references: a folder of the library knows only those before it in the story.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] s_story =
        ["Numerics", "Tokenizers", "Data", "Models", "Checkpoints", "Training", "Inference", "Evaluation", "Alignment", "Exact"];

    private static string Library { get; } = Path.Combine(TestFiles.Repository, "src", "MicroGpt");

    [Fact]
    public void Every_folder_of_the_library_has_its_place_in_the_story()
    {
        var folders = Directory.GetDirectories(Library).Select(Path.GetFileName).Except(["bin", "obj"]);
        Assert.Empty(folders.Except(s_story));
    }

    [Fact]
    public void A_folder_refers_only_to_those_before_it()
    {
        var wrong =
            from folder in s_story
            where Directory.Exists(Path.Combine(Library, folder))
            from file in SourceFiles(Path.Combine(Library, folder))
            from named in FoldersNamedIn(Code(file))
            where Array.IndexOf(s_story, named) > Array.IndexOf(s_story, folder)
            select $"{Path.GetRelativePath(Library, file)} refers to {named}, which comes later.";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void A_reference_is_seen_as_a_using_and_as_a_qualified_name()
    {
        Assert.Equal(["Models"], FoldersNamedIn("using MicroGpt.Models;"));
        Assert.Equal(["Training"], FoldersNamedIn("var x = MicroGpt.Training.Trainer.Start();"));
        Assert.Equal(["Data"], FoldersNamedIn("new Data.Batch()"));
        Assert.Empty(FoldersNamedIn("System.Numerics.BitOperations.Log2(model.Data.Length)"));
    }

    [Fact]
    public void Only_the_factory_in_Device_and_the_exact_program_know_the_processor()
    {
        var cpu = Path.Combine(Library, "Numerics", "Cpu") + Path.DirectorySeparatorChar;
        var exact = Path.Combine(Library, "Exact") + Path.DirectorySeparatorChar; // docs/decisions/0009-exact.md
        var factory = Path.Combine(Library, "Numerics", "Device.cs");
        var wrong =
            from file in SourceFiles(Path.Combine(TestFiles.Repository, "src"))
            where !file.StartsWith(cpu, StringComparison.Ordinal) && !file.StartsWith(exact, StringComparison.Ordinal)
                && file != factory && NamesCpu().IsMatch(Code(file))
            select Path.GetRelativePath(TestFiles.Repository, file);
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_library_has_no_packages_and_the_command_line_refers_to_it()
    {
        Assert.Empty(Items(Path.Combine(Library, "MicroGpt.csproj"), "PackageReference"));
        Assert.Empty(Items(Path.Combine(Library, "MicroGpt.csproj"), "ProjectReference"));
        var commandLine = Path.Combine(TestFiles.Repository, "src", "MicroGpt.Cli", "MicroGpt.Cli.csproj");
        Assert.Equal(["../MicroGpt/MicroGpt.csproj"], Items(commandLine, "ProjectReference"));
        Assert.All(
            typeof(MicroGpt.Models.Gpt).Assembly.GetReferencedAssemblies(),
            assembly => Assert.Matches("^(System|Microsoft.Win32)[.]", assembly.Name)); // .NET itself
    }

    private static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => !BuildOutput().IsMatch(file));

    private static string Code(string file) => Comment().Replace(File.ReadAllText(file), "");

    private static IEnumerable<string> FoldersNamedIn(string code) =>
        NamedFolder().Matches(code).Select(match => match.Groups[1].Value + match.Groups[2].Value).Where(s_story.Contains);

    private static IEnumerable<string> Items(string project, string item) =>
        XDocument.Load(project).Descendants(item).Select(element => element.Attribute("Include")!.Value);

    [GeneratedRegex(@"[/\\](bin|obj)[/\\]")]
    private static partial Regex BuildOutput();

    [GeneratedRegex(@"//.*")]
    private static partial Regex Comment();

    // MicroGpt.Models with whatever follows, or, as a namespace inside MicroGpt allows, Models.Something.
    [GeneratedRegex(@"(?<![.\w])(?:MicroGpt\.([A-Z]\w*)\b|([A-Z]\w*)\.(?=[A-Z]))")]
    private static partial Regex NamedFolder();

    [GeneratedRegex(@"Numerics\.Cpu\b|(?<![.\w])Cpu\.[A-Z]|\bCpuDevice\b")]
    private static partial Regex NamesCpu();
}
