using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>
/// How llama.cpp cuts a text before it merges: one of the ways that it has built in, by a name (<c>tokenizer.ggml.pre</c>). Some names that mean
/// the same stand for published models; those that are written come first.
/// </summary>
/// <param name="Names">The names.</param>
/// <param name="Splitter">Cuts as llama.cpp does.</param>
/// <param name="IgnoresMerges">Whether a piece that is a token as a whole becomes it.</param>
internal sealed record GgufPreTokenizer(IReadOnlyList<string> Names, Splitter Splitter, bool IgnoresMerges = false)
{
    /// <summary>Those whose pieces can be cut here.</summary>
    public static IReadOnlyList<GgufPreTokenizer> All { get; } =
    [
        new(["gpt-2", "phi-2", "gigachat", "mellum", "modern-bert", "exaone4", "mpt", "olmo", "jais", "trillion"], Splitter.Gpt2),
        new(["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"], Splitter.Gpt2DigitsAlone),
        new(["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"], Splitter.Llama3),
        new(["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"], Splitter.Llama3, IgnoresMerges: true),
        new(["qwen2", "deepseek-r1-qwen", "megrez", "kormo", "stablelm2", "hunyuan", "solar-open"], Splitter.Qwen2),
        new(["gpt-4o", "llama4", "kanana2"], Splitter.O200k),
    ];

    /// <summary>The way of that name, or null.</summary>
    public static GgufPreTokenizer? Find(string? name) => All.FirstOrDefault(known => known.Names.Contains(name));

    /// <summary>The way that gives a tokenizer's ids.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static GgufPreTokenizer Of(BpeTokenizer tokenizer)
    {
        var fitting = All.Where(known => CutsAlike(known.Splitter, tokenizer.Options.Splitter)).ToArray();
        if (fitting.Length == 0)
            throw new ArgumentException(
                $"llama.cpp can't cut text as this tokenizer does: its pattern is {tokenizer.Options.Splitter.Pattern} Train with --pattern gpt2 or cl100k for it.");
        var ignoresMerges = tokenizer.Options.IgnoreMerges || tokenizer.FromRanksAlone;
        return fitting.FirstOrDefault(known => known.IgnoresMerges == ignoresMerges)
            ?? (MergesAlike(tokenizer)
                ? fitting[0]
                : throw new ArgumentException("llama.cpp would take other tokens: here a piece that is a token as a whole becomes it, and there it is merged from bytes."));
    }

    /// <summary>
    /// Whether two splitters give the same pieces. In today's cl100k, white space at the end of a text is one piece though a line ends in it; that
    /// is let through.
    /// </summary>
    private static bool CutsAlike(Splitter known, Splitter splitter) => (known, splitter) switch
    {
        (Gpt2Splitter a, Gpt2Splitter b) => a.DigitsAlone == b.DigitsAlone,
        (Gpt4Splitter a, Gpt4Splitter b) => a.MostDigits == b.MostDigits,
        _ => known.Pattern == splitter.Pattern,
    };

    /// <summary>Whether merging the bytes of each token gives that token, so that it does not matter which way is taken.</summary>
    private static bool MergesAlike(BpeTokenizer tokenizer)
    {
        var vocabulary = Enumerable.Range(0, tokenizer.MergedVocabularySize).Select(id => tokenizer.TokenBytes(id).ToArray()).ToArray();
        var merging = new BpeTokenizer(vocabulary, tokenizer.Merges, tokenizer.Options with { IgnoreMerges = false });
        var ids = new List<int>();
        var ofMerging = new List<int>();
        foreach (var token in vocabulary)
        {
            ids.Clear();
            ofMerging.Clear();
            tokenizer.EncodeUtf8(token, ids);
            merging.EncodeUtf8(token, ofMerging);
            if (!ids.SequenceEqual(ofMerging))
                return false;
        }

        return true;
    }
}
