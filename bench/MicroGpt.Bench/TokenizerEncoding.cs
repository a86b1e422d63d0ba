using System.CommandLine;
using System.Globalization;
using System.Text;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using Spectre.Console;

namespace MicroGpt.Bench;

/// <summary>
/// `tokenize`: text to ids, on one thread, in bytes of UTF-8 a second. A text is encoded as a whole, from a string to an array, as a
/// user calls it; what the tokenizer remembers of words it keeps from one time to the next.
/// </summary>
internal static class TokenizerEncoding
{
    private static readonly Dictionary<string, Splitter> s_splitters = new()
    {
        ["gpt2"] = Splitter.Gpt2,
        ["gpt4"] = Splitter.Gpt4,
        ["nanochat"] = Splitter.Nanochat,
    };

    public static Command Command()
    {
        var tokenizer = new Option<string>("--tokenizer") { Description = "A tokenizer: a folder, tokenizer.json or another file of one.", Required = true };
        var files = new Option<string[]>("--file") { Description = "Texts in UTF-8.", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
        var split = new Option<string?>("--split") { Description = "Another way of cutting than the tokenizer's: gpt2, gpt4 or nanochat." };
        split.AcceptOnlyFromAmong([.. s_splitters.Keys]);
        var adversaries = new Option<bool>("--adversaries") { Description = "Also measure texts made to be slow, of one and of four megabytes." };
        var seconds = new Option<double>("--seconds") { Description = "How long to measure each.", DefaultValueFactory = _ => 1 };
        var command = new Command("tokenize", "Time a tokenizer's encoding of texts, alone or in turn with a peer.") { tokenizer, files, split, adversaries, seconds };
        var peer = new PeerOptions().AddTo(command);
        command.SetAction(parse =>
        {
            List<string> own =
            [
                "tokenize", "--tokenizer", parse.GetValue(tokenizer)!, "--seconds", parse.GetValue(seconds).ToString(CultureInfo.InvariantCulture),
                .. parse.GetValue(files)!.SelectMany(file => (string[])["--file", file]),
            ];
            if (parse.GetValue(split) is { } name)
                own.AddRange(["--split", name]);
            if (parse.GetValue(adversaries))
                own.Add("--adversaries");
            if (peer.Read(parse, own) is { } contest)
                FigureTable.Write("one thread", "MB/s", 1e6, contest.Run());
            else
                Measure(Load(parse.GetValue(tokenizer)!, parse.GetValue(split)), parse.GetValue(files)!, parse.GetValue(adversaries), parse.GetValue(seconds));
        });
        return command;
    }

    private static ITokenizer Load(string path, string? split)
    {
        var tokenizer = TokenizerFiles.Load(path);
        if (split is null)
            return tokenizer;
        if (tokenizer is not BpeTokenizer bpe)
            throw new ArgumentException("--split is for byte-level BPE.");
        var vocabulary = Enumerable.Range(0, bpe.MergedVocabularySize).Select(id => bpe.TokenBytes(id).ToArray()).ToList();
        var options = bpe.Options with { Splitter = s_splitters[split] };
        return bpe.FromRanksAlone ? BpeTokenizer.FromRanks(vocabulary, options) : new BpeTokenizer(vocabulary, bpe.Merges, options);
    }

    private static void Measure(ITokenizer tokenizer, string[] files, bool adversaries, double seconds)
    {
        AnsiConsole.WriteLine(Machine.Description);
        foreach (var file in files)
            Print(Path.GetFileName(file), File.ReadAllText(file));
        if (!adversaries)
            return;
        foreach (var megabytes in new[] { 1, 4 })
        {
            Print($"a-{megabytes}MB", new string('a', megabytes << 20));
            Print($"ab-{megabytes}MB", string.Concat(Enumerable.Repeat("ab", megabytes << 19)));
            Print($"letters-{megabytes}MB", Letters(megabytes << 20));
            Print($"spaces-{megabytes}MB", new string(' ', megabytes << 20));
        }

        void Print(string name, string text) =>
            Repeated.Print(name, Encoding.UTF8.GetByteCount(text) / Repeated.Time(() => tokenizer.Encode(text), seconds), "bytes/s");
    }

    /// <summary>Letters at random, without a space between them.</summary>
    private static string Letters(int count)
    {
        var random = new Numerics.MersenneTwister(1);
        var text = new StringBuilder(count);
        for (var i = 0; i < count; i++)
            text.Append((char)('a' + random.NextInt32(26)));
        return text.ToString();
    }
}
