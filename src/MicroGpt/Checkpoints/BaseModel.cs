using System.Security.Cryptography;
using System.Text.Json;
using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Checkpoints;

/// <summary>
/// Which weights an adapter was trained for: <c>base_model.json</c> in its folder, with a fingerprint of them. Another model of the same shape
/// would take the adapter without a complaint, and talk nonsense.
/// </summary>
internal static class BaseModel
{
    public const string FileName = "base_model.json";

    private const string Key = "weights_sha256";
    private const int MostBytes = 1 << 16;

    public static void Save(string folder, Gpt model) => AtomicFile.Write(Path.Combine(folder, FileName), stream =>
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString(Key, FingerprintOf(model));
        json.WriteEndObject();
    });

    /// <summary>Refuses a model that is not the one an adapter was trained for. An adapter of other programs does not say for which it was.</summary>
    /// <exception cref="InvalidDataException">It is another, or the file is damaged.</exception>
    public static void Check(string folder, Gpt model)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return;
        if (Read(path) != FingerprintOf(model))
            throw new InvalidDataException(
                $"{folder} was trained for other weights than those that are its model's now: the model has been trained on, or replaced by one of the same shape. "
                + $"Put the former model back, or train a new adapter; to use this one all the same, delete {path}.");
    }

    private static string Read(string path)
    {
        if (new FileInfo(path).Length > MostBytes)
            throw new InvalidDataException($"{path} is damaged: it is too large.");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return new JsonObjectReader(json.RootElement).StringOrNull(Key) ?? throw new InvalidDataException($"it has no {Key}");
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            throw new InvalidDataException($"{path} is damaged: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    /// <summary>Of all matrices, in the order of the parameters: biases may be an adapter's own while it is in use.</summary>
    private static string FingerprintOf(Gpt model)
    {
        var matrices = model.Parameters.Where(parameter => parameter.Shape.Rank == 2).ToArray();
        var hashes = new byte[matrices.Length][];
        Parallel.For(0, matrices.Length, i => hashes[i] = SHA256.HashData(matrices[i].Bytes));
        return Convert.ToHexStringLower(SHA256.HashData(hashes.SelectMany(hash => hash).ToArray()));
    }
}
