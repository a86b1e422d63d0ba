using System.CommandLine;
using System.Globalization;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>`bpe`: learning a byte-level BPE vocabulary from texts in memory, a document a line, with GPT-2's pattern.</summary>
internal static class BpeTraining
{
    public static Command Command()
    {
        var data = new Option<string[]>("--data") { Description = "Texts.", Required = true, AllowMultipleArgumentsPerToken = true };
        var size = new Option<int>("--vocab-size") { Description = "Tokens to reach.", DefaultValueFactory = _ => 32768 };
        var repeat = new Option<int>("--repeat") { Description = "How often the texts are read, for more of them.", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var seconds = new Option<double>("--seconds") { Description = "How long to measure.", DefaultValueFactory = _ => 3 };
        var command = new Command("bpe", "Time the training of a tokenizer, alone or in turn with a peer.") { data, size, repeat, threads, seconds };
        var peer = new PeerOptions().AddTo(command);
        command.SetAction(parse =>
        {
            var files = parse.GetValue(data)!;
            string[] own =
            [
                "bpe", "--data", .. files,
                "--vocab-size", Text(parse.GetValue(size)), "--repeat", Text(parse.GetValue(repeat)),
                "--threads", Text(parse.GetValue(threads)), "--seconds", Text(parse.GetValue(seconds)),
            ];
            if (peer.Read(parse, own) is { } contest)
                Compete(contest);
            else
                Measure(files, parse.GetValue(size), parse.GetValue(repeat), parse.GetValue(threads), parse.GetValue(seconds));
        });
        return command;

        static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
    }

    private static void Measure(string[] files, int size, int repeat, int threads, double seconds)
    {
        AnsiConsole.WriteLine(Machine.Description);
        var lines = files.Select(File.ReadAllBytes).SelectMany(Lines).ToArray();
        var documents = Enumerable.Repeat(lines, repeat).SelectMany(part => part).ToArray();
        var trainer = new BpeTrainer(new BpeTrainerOptions { VocabularySize = size, Splitter = Splitter.Gpt2, Threads = threads });
        var merges = 0;
        var time = Repeated.Time(() => merges = trainer.Train(documents).Merges.Count, seconds);
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{merges} merges from {documents.Sum(line => (long)line.Length) / 1e6:F1} MB on {threads} threads"));
        Repeated.Print("bpe", time * 1e3, "ms");
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(byte[] text)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            var length = text.AsSpan(start).IndexOf((byte)'\n');
            end = length < 0 ? text.Length : start + length + 1;
            yield return text.AsMemory(start, end - start);
        }
    }

    private static void Compete(Contest contest)
    {
        var rounds = contest.Run();
        var ours = rounds.Select(round => round.Ours[^1].Value).ToList();
        var peer = rounds.Where(round => round.Peer.Count > 0).Select(round => round.Peer[^1].Value).ToList();
        var table = new Table().MarkdownBorder().AddColumns("bpe", "ms", "of the rounds");
        table.AddRow("ours", Statistics.Digits(Statistics.Median(ours)), Statistics.Spread(ours));
        if (peer.Count > 0)
            table.AddRow("peer", Statistics.Digits(Statistics.Median(peer)), Statistics.Spread(peer));
        AnsiConsole.Write(table);
        if (peer.Count > 0)
            AnsiConsole.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"ratio: {Statistics.Median(peer) / Statistics.Median(ours):F2} times as fast as the peer by the medians (pairs: {Statistics.Spread([.. ours.Zip(peer, (mine, theirs) => theirs / mine)])})"));
    }
}
