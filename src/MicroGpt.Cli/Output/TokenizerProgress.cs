using System.Globalization;
using MicroGpt.Data.Documents;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using Spectre.Console;

namespace MicroGpt.Cli.Output;

/// <summary>The progress of a tokenizer's training: a moving bar where a person watches, otherwise a line for every tenth.</summary>
internal sealed class TokenizerProgress : IProgress<TokenizerTrainingProgress>
{
    private const int Parts = 10;

    private readonly DocumentReader _reader;
    private readonly int? _vocabularySize;
    private readonly Action<string, double> _show;
    private readonly Lock _lock = new();

    private TokenizerProgress(DocumentReader reader, int? vocabularySize, Action<string, double> show) =>
        (_reader, _vocabularySize, _show) = (reader, vocabularySize, show);

    /// <summary>Trains under a progress bar, or with lines.</summary>
    /// <param name="context">Where to show it.</param>
    /// <param name="reader">What is read.</param>
    /// <param name="vocabularySize">The tokens to reach, or null for as many as there are.</param>
    /// <param name="train">Trains.</param>
    public static ITokenizer Run(
        CommandContext context, DocumentReader reader, int? vocabularySize, Func<IProgress<TokenizerTrainingProgress>, ITokenizer> train)
    {
        if (!context.IsInteractive)
        {
            var last = "";
            return train(new TokenizerProgress(reader, vocabularySize, (what, part) =>
            {
                var line = string.Create(CultureInfo.InvariantCulture, $"{what}: {Math.Floor(part * Parts) / Parts:P0}");
                if (line != last)
                    context.WriteLine(last = line);
            }));
        }

        return context.Console.Progress().AutoClear(true).Start(progress =>
        {
            var bar = progress.AddTask("Reading", maxValue: 1);
            return train(new TokenizerProgress(reader, vocabularySize, (what, part) => (bar.Description, bar.Value) = (what, part)));
        });
    }

    public void Report(TokenizerTrainingProgress value)
    {
        lock (_lock)
        {
            if (value.Tokens == 0)
                _show($"Reading {ByteCount.InWords(_reader.TotalBytes)}", _reader.TotalBytes == 0 ? 1 : (double)_reader.BytesRead / _reader.TotalBytes);
            else if (_vocabularySize is { } size)
                _show(string.Create(CultureInfo.InvariantCulture, $"Learning {size:N0} tokens"), Math.Min(1, (double)value.Tokens / size));
        }
    }
}
