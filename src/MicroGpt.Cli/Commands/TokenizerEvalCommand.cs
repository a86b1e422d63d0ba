using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MicroGpt.Data.Documents;
using MicroGpt.Tokenizers;
using Spectre.Console;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt tokenizer eval`: how well tokenizers fit a person's text, side by side.</summary>
internal sealed class TokenizerEvalCommand : Command, IHasExamples
{
    private readonly Option<string[]> _tokenizers = new("--tokenizer")
    {
        Description = "Tokenizers to compare: folders (a model's is one) or files.",
        HelpName = "PATH",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _data = new("--data")
    {
        Description = "The texts: files, folders and patterns (default: standard input).",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly DocumentSettings _documents = new();
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON instead of a table." };
    private readonly CommandContext _context;

    public TokenizerEvalCommand(CommandContext context)
        : base("eval", "Compare tokenizers on a text: the more bytes a token, the more text fits into a model's context.")
    {
        _context = context;
        foreach (var option in (Option[])[_tokenizers, _data, .. _documents.Options, _json])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt tokenizer eval --tokenizer my-tokenizer chat-tokenizer --data my-notes.txt", "Which of two fits a text better"),
    ];

    /// <summary>What became of a tokenizer; a problem where it can't express the text.</summary>
    private sealed record Result(string Path, int VocabularySize, long Bytes, long Tokens, double Seconds, string? Problem)
    {
        public double BytesPerToken => Tokens == 0 ? 0 : (double)Bytes / Tokens;

        public double MegabytesPerSecond => Seconds == 0 ? 0 : Bytes / Seconds / 1e6;
    }

    private int Run(ParseResult parse)
    {
        var tokenizers = parse.GetValue(_tokenizers)!.Select(path => (Path: path, Tokenizer: TokenizerFiles.Load(path))).ToList();
        var data = parse.GetValue(_data) ?? [];
        byte[]? input = data.Length == 0 ? InputBytes.Read(_context, file: null) : null;
        var reader = input is null ? new DocumentReader(data, _documents.Read(parse)) : null;
        var results = new List<Result>();
        foreach (var (path, tokenizer) in tokenizers)
        {
            IEnumerable<ReadOnlyMemory<byte>> documents = reader is null ? [input] : reader.Read(_context.Cancellation).Select(document => document.Utf8);
            try
            {
                results.Add(Measure(path, tokenizer, documents));
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Interrupted;
            }
        }

        if (parse.GetValue(_json))
            WriteJson(results, reader?.Skipped ?? 0);
        else
            WriteTable(results, reader?.Skipped ?? 0);
        return ExitCode.Success;
    }

    private static Result Measure(string path, ITokenizer tokenizer, IEnumerable<ReadOnlyMemory<byte>> documents)
    {
        var (bytes, tokens, ticks) = (0L, 0L, 0L);
        var ids = new List<int>();
        foreach (var document in documents)
        {
            ids.Clear();
            var start = Stopwatch.GetTimestamp();
            try
            {
                tokenizer.EncodeUtf8(document.Span, ids);
            }
            catch (ArgumentException exception)
            {
                return new Result(path, tokenizer.VocabularySize, bytes, tokens, 0, exception.Message);
            }

            ticks += Stopwatch.GetTimestamp() - start;
            bytes += document.Length;
            tokens += ids.Count;
        }

        return new Result(path, tokenizer.VocabularySize, bytes, tokens, (double)ticks / Stopwatch.Frequency, null);
    }

    private void WriteTable(List<Result> results, long skipped)
    {
        var table = new Table().MarkdownBorder().AddColumns("tokenizer", "vocabulary", "tokens", "bytes a token", "MB/s");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        foreach (var result in results)
        {
            var (tokens, fit, speed) = result.Problem is null
                ? (Number(result.Tokens, "N0"), Number(result.BytesPerToken, "F3"), Number(result.MegabytesPerSecond, "F1"))
                : ("–", "–", "–");
            table.AddRow(Markup.Escape(result.Path), Number(result.VocabularySize, "N0"), tokens, fit, speed);
        }

        _context.Console.Write(table);
        foreach (var result in results.Where(result => result.Problem is not null))
            _context.WriteLine($"{result.Path}: {result.Problem}");
        if (skipped > 0)
            _context.WriteLine($"Bad records left out: {Number(skipped, "N0")}.");

        static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    private void WriteJson(List<Result> results, long skipped)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var result in results)
            {
                json.WriteStartObject();
                json.WriteString("tokenizer", result.Path);
                json.WriteNumber("vocabulary_size", result.VocabularySize);
                if (skipped > 0)
                    json.WriteNumber("skipped_records", skipped);
                if (result.Problem is { } problem)
                {
                    json.WriteString("problem", problem);
                }
                else
                {
                    json.WriteNumber("bytes", result.Bytes);
                    json.WriteNumber("tokens", result.Tokens);
                    json.WriteNumber("bytes_per_token", Math.Round(result.BytesPerToken, 4));
                    json.WriteNumber("megabytes_per_second", Math.Round(result.MegabytesPerSecond, 2));
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        _context.WriteLine(System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }
}
