using System.Globalization;
using MicroGpt.Data.Prepared;
using MicroGpt.Numerics;
using Spectre.Console;

namespace MicroGpt.Cli.Output;

/// <summary>What prepared data holds, for people: counts, and how long the documents are.</summary>
internal static class PreparedSummary
{
    private const int BarWidth = 40;

    public static void Write(CommandContext context, PreparedFile file)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        Row("to learn from", Describe(file.Train));
        Row("to be judged by", file.Validation.Documents == 0 ? $"nothing" : Describe(file.Validation));
        Row("bytes a token", $"{(double)(file.Train.Bytes + file.Validation.Bytes) / (file.Train.Tokens + file.Validation.Tokens):F2}");
        Row("vocabulary", $"{file.VocabularySize:N0} tokens, {(file.StartId is { } start ? $"documents begin with token {start}" : "no token between documents")}");
        Row("tokenizer", $"fingerprint {file.TokenizerFingerprint[..Math.Min(16, file.TokenizerFingerprint.Length)]}");
        Row("conversations", file.ChatTemplate is { } template ? $"written as {template}; of them only answers are learned" : (FormattableString)$"none");
        Row("held back", $"{100 * file.ValidationFraction:0.##}% {(file.HeldBack == HeldBack.Ends ? "at the end of each document" : "of the documents")}, seed {file.Seed}");
        if (file.SkippedDocuments > 0)
            Row("left out", $"{file.SkippedDocuments:N0} documents");
        context.Console.Write(grid);
        context.WriteLine();
        context.WriteLine("Tokens a document, those to be judged by too:");
        foreach (var line in Histogram(file))
            context.WriteLine(line);

        void Row(string name, FormattableString value) => grid.AddRow(name, Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>A line for each class of length, from the first to the last that has documents.</summary>
    internal static IEnumerable<string> Histogram(PreparedFile file)
    {
        var classes = Math.Max(file.Train.Lengths.Count, file.Validation.Lengths.Count);
        var counts = Enumerable.Range(0, classes)
            .Select(i => file.Train.Lengths.ElementAtOrDefault(i) + file.Validation.Lengths.ElementAtOrDefault(i)).ToArray();
        var most = counts.Append(1).Max();
        var first = Array.FindIndex(counts, count => count > 0);
        for (var i = Math.Max(0, first); i < classes; i++)
        {
            var (shortest, longest) = LengthHistogram.Range(i);
            var bar = new string('█', (int)Math.Ceiling((double)counts[i] / most * BarWidth));
            yield return string.Create(CultureInfo.InvariantCulture, $"{shortest,13:N0} to {longest,13:N0} │ {bar}{(bar.Length > 0 ? " " : "")}{counts[i]:N0}");
        }
    }

    private static FormattableString Describe(PreparedPart part) =>
        $"{part.Documents:N0} documents, {part.Tokens:N0} tokens, {ByteCount.InWords(part.Bytes)} of text, in {part.Shards.Count} {(part.Shards.Count == 1 ? "file" : "files")}";
}
