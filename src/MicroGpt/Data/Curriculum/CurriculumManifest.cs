using System.Text.Json;

namespace MicroGpt.Data.Curriculum;

/// <summary><c>curriculum.json</c>: what is in the folder. While the folder is being written it says that it is not complete.</summary>
internal static class CurriculumManifest
{
    private const string Name = "curriculum.json";
    private const int FormatVersion = 1;

    /// <summary>Makes the folder ready, or refuses one that holds something else.</summary>
    public static void Begin(string folder)
    {
        if (File.Exists(folder))
            throw new ArgumentException($"{folder} is a file; the curriculum needs a folder.");
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder {folder} can't be made: {exception.Message}", exception);
        }

        if (!File.Exists(Path.Combine(folder, Name)) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new ArgumentException($"{folder} holds something else than a curriculum: choose a folder that is empty or not there yet.");
        Write(folder, json => json.WriteBoolean("complete", false));
    }

    /// <summary>Says that everything is there.</summary>
    public static void Complete(string folder, CurriculumOptions options, IReadOnlyList<CurriculumFile> files) => Write(folder, json =>
    {
        json.WriteBoolean("complete", true);
        json.WriteNumber("seed", options.Seed);
        json.WriteNumber("size", options.Size);
        json.WriteString("language", options.Language);
        json.WriteStartArray("files");
        foreach (var file in files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteString("skill", file.Skill.Name);
            json.WriteString("language", file.Skill.Language);
            json.WriteString("part", file.Part.ToString().ToLowerInvariant());
            json.WriteNumber("examples", file.Examples);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Write(string folder, Action<Utf8JsonWriter> content)
    {
        using var file = File.Create(Path.Combine(folder, Name));
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteNumber("format_version", FormatVersion);
        content(json);
        json.WriteEndObject();
    }
}
