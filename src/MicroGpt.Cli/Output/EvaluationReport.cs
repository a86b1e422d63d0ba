using System.Text;
using System.Text.Json;
using MicroGpt.Evaluation;
using MicroGpt.Evaluation.Tasks;

namespace MicroGpt.Cli.Output;

/// <summary>All scores of an evaluation, and how programs get them.</summary>
/// <param name="step">The model's steps.</param>
/// <param name="passes">The k of pass@k.</param>
internal sealed class EvaluationReport(int step, IReadOnlyList<int> passes)
{
    public List<SkillScore> Skills { get; } = [];

    public List<TaskScore> Tasks { get; } = [];

    public List<(string Name, TextScore Score)> Texts { get; } = [];

    /// <summary>The mean of the tasks' accuracies above chance; null of no tasks.</summary>
    public Estimate? Core => Tasks.Count == 0 ? null : Estimate.OfMean([.. Tasks.Select(task => task.Centred)]);

    public string ToJson()
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("step", step);
            Object(json, "skills", Skills, score => score.Skill.Name, Write);
            Object(json, "tasks", Tasks, score => score.Task.Name, Write);
            if (Core is { } core)
                Write(json, "core", core);
            Numbers(json, "bits_per_byte", score => score.BitsPerByte.Value);
            Numbers(json, "perplexity", score => score.Perplexity.Value);
            Object(json, "texts", Texts, text => text.Name, (json, text) =>
            {
                json.WriteNumber("tokens", text.Score.Tokens);
                json.WriteNumber("bytes", text.Score.Bytes);
                WriteNumber(json, "bits_low", text.Score.BitsPerByte.Low);
                WriteNumber(json, "bits_high", text.Score.BitsPerByte.High);
                WriteNumber(json, "perplexity_low", text.Score.Perplexity.Low);
                WriteNumber(json, "perplexity_high", text.Score.Perplexity.High);
            });
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }

    private void Write(Utf8JsonWriter json, SkillScore score)
    {
        WriteShare(json, score.All, score.Pass(1));
        WritePasses(json, score);
        foreach (var (kind, share) in score.ByKind)
        {
            json.WriteStartObject(kind);
            WriteShare(json, share, share.Estimate);
            json.WriteEndObject();
        }
    }

    private void Write(Utf8JsonWriter json, TaskScore score)
    {
        json.WriteString("kind", score.Task.Kind.ToString());
        json.WriteNumber("shots", score.Task.Shots);
        WriteShare(json, score.All, score.Accuracy);
        json.WriteNumber("baseline", score.Task.Baseline);
        Write(json, "centred", score.Centred);
        json.WriteNumber("cropped", score.Cropped);
        if (score.Replies is { } replies)
            WritePasses(json, replies);
    }

    private void WritePasses(Utf8JsonWriter json, ReplyScore score) =>
        Object(json, "pass", passes, k => $"{k}", (json, k) => WriteEstimate(json, score.Pass(k)));

    private void Numbers(Utf8JsonWriter json, string name, Func<TextScore, double> number)
    {
        if (Texts.Count == 0)
            return;
        json.WriteStartObject(name);
        foreach (var (text, score) in Texts)
            WriteNumber(json, text, number(score));
        json.WriteEndObject();
    }

    private static void Object<T>(Utf8JsonWriter json, string name, IReadOnlyCollection<T> items, Func<T, string> nameOf, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
            return;
        json.WriteStartObject(name);
        foreach (var item in items)
        {
            json.WriteStartObject(nameOf(item));
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteShare(Utf8JsonWriter json, Share share, Estimate estimate)
    {
        json.WriteNumber("score", share.Value);
        json.WriteNumber("right", share.Right);
        json.WriteNumber("count", share.Count);
        WriteNumber(json, "low", estimate.Low);
        WriteNumber(json, "high", estimate.High);
    }

    private static void Write(Utf8JsonWriter json, string name, Estimate estimate)
    {
        json.WriteStartObject(name);
        WriteEstimate(json, estimate);
        json.WriteEndObject();
    }

    private static void WriteEstimate(Utf8JsonWriter json, Estimate estimate)
    {
        WriteNumber(json, "value", estimate.Value);
        WriteNumber(json, "low", estimate.Low);
        WriteNumber(json, "high", estimate.High);
    }

    /// <summary>JSON has no infinite numbers, and none for what is not known.</summary>
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
