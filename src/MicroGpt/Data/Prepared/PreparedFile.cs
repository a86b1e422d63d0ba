using System.Text.Json;
using System.Text.Json.Serialization;

namespace MicroGpt.Data.Prepared;

/// <summary><c>prepared.json</c>: what a folder of token shards holds and how it came to be.</summary>
public sealed record PreparedFile
{
    /// <summary>Its name.</summary>
    public const string Name = "prepared.json";

    /// <summary>The version of the folder that this program writes and reads.</summary>
    public const int CurrentVersion = 1;

    private const long MostBytes = 64 << 20;

    /// <summary>The version of the folder.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>SHA-256 of the folder's <c>tokenizer.json</c>.</summary>
    public required string TokenizerFingerprint { get; init; }

    /// <summary>Token ids are from 0 to this less one.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The token that every document begins with, or null for none.</summary>
    public int? StartId { get; init; }

    /// <summary>The form of conversations, or null where there are only texts.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The part that was to be held back.</summary>
    public required double ValidationFraction { get; init; }

    /// <summary>What this part consists of.</summary>
    public required HeldBack HeldBack { get; init; }

    /// <summary>What decided which documents are held back.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Documents left out, since tokenizer or template could not express them.</summary>
    public required long SkippedDocuments { get; init; }

    /// <summary>What to learn from.</summary>
    public required PreparedPart Train { get; init; }

    /// <summary>What to be judged by.</summary>
    public required PreparedPart Validation { get; init; }

    internal byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, PreparedJson.Default.PreparedFile);

    /// <summary>Reads and checks.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of another version.</exception>
    internal static PreparedFile Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                throw new InvalidDataException($"{path} is no description of prepared data: it is larger than 64 MiB.");
            var content = File.ReadAllBytes(path);
            // The version first: a later one may not be readable here.
            using var json = JsonDocument.Parse(content);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("format_version", out var version)
                || version.ValueKind != JsonValueKind.Number)
                throw new InvalidDataException($"{path} is no description of prepared data: it has no format_version.");
            if (!version.TryGetInt32(out var number) || number != CurrentVersion)
                throw new InvalidDataException(
                    $"{path} is of version {version.GetRawText()} of prepared data; this program reads version {CurrentVersion}. Prepare the data again.");
            return (JsonSerializer.Deserialize(content, PreparedJson.Default.PreparedFile) ?? throw new InvalidDataException($"{path} is damaged: it is empty.")).Check(path);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is damaged: {exception.Message}", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path}: the file can't be read (permission denied).", exception);
        }
    }

    private PreparedFile Check(string path)
    {
        foreach (var shard in Train.Shards.Concat(Validation.Shards))
            if (shard.File != Path.GetFileName(shard.File) || shard.File.Length == 0)
                throw new InvalidDataException($"{path} is damaged: \"{shard.File}\" is not the name of a file beside it.");
        if (VocabularySize < 1 || StartId is < 0 || StartId >= VocabularySize)
            throw new InvalidDataException($"{path} is damaged: there is no token {StartId} among {VocabularySize}.");
        if (Train.Lengths.Count > 63 || Validation.Lengths.Count > 63)
            throw new InvalidDataException($"{path} is damaged: no document is as long as it says.");
        return this;
    }
}

/// <summary>One of the two parts of a prepared corpus.</summary>
public sealed record PreparedPart
{
    /// <summary>All documents.</summary>
    public required long Documents { get; init; }

    /// <summary>All tokens.</summary>
    public required long Tokens { get; init; }

    /// <summary>All bytes of text.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many documents have 1, 2 to 3, 4 to 7, … tokens (<see cref="LengthHistogram"/>).</summary>
    public required IReadOnlyList<long> Lengths { get; init; }

    /// <summary>The files, in order.</summary>
    public required IReadOnlyList<PreparedShard> Shards { get; init; }
}

/// <summary>A file of tokens.</summary>
/// <param name="File">Its name in the folder.</param>
/// <param name="Documents">Its documents.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Checksum">SHA-256 of its content.</param>
public sealed record PreparedShard(string File, long Documents, long Tokens, string Checksum);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PreparedFile))]
internal sealed partial class PreparedJson : JsonSerializerContext;
