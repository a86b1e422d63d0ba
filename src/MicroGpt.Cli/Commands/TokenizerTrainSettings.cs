using System.CommandLine;
using System.Text;
using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Commands;

/// <summary>What kind of vocabulary to learn.</summary>
internal enum TokenizerKind
{
    Bpe,
    WordPiece,
    Char,
}

/// <summary>Learns a tokenizer from documents in UTF-8.</summary>
internal delegate ITokenizer TrainTokenizer(
    IEnumerable<ReadOnlyMemory<byte>> documents, IProgress<TokenizerTrainingProgress> progress, CancellationToken cancellation);

/// <summary>The options that describe a vocabulary, and the trainer that they ask for.</summary>
internal sealed class TokenizerTrainSettings
{
    private const string Nanochat = "nanochat";
    private const string Digits = "digits";

    // Words with the space before them (letters, but those of Chinese), digits and Chinese characters one by one, marks, white space.
    private const string DigitsPattern = @" ?[^\p{M}\p{N}\p{P}\p{S}\p{Z}\p{C}一-鿿]+|[\p{N}一-鿿]| ?[^\s\p{L}\p{N}]+|\s+";

    // Which special token begins a document and which ends one, where it has one of the usual names.
    private static readonly string[] s_bos = ["<|bos|>", "<s>", "<|begin_of_text|>", "<|endoftext|>", "<|im_start|>"];
    private static readonly string[] s_eos = ["<|eos|>", "</s>", "<|end_of_text|>", "<|endoftext|>", "<|im_end|>", "<|bos|>"];

    private readonly Option<string?> _pattern = new("--pattern")
    {
        Description = "How BPE cuts text into pieces: gpt2, cl100k (GPT-4's, default), nanochat, digits (every digit and every Chinese character alone, for small models that calculate and copy), or a regular expression.",
        HelpName = "NAME|REGEX",
    };

    private readonly Option<string[]> _special = new("--special")
    {
        Description = "Names of special tokens (default: <|endoftext|>; nanochat's nine with --pattern nanochat or digits; BERT's five for wordpiece).",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _specialLast = new("--special-last")
    {
        Description = "Give special tokens the last ids, as nanochat does, not the first (default with nanochat's nine).",
    };

    private readonly Option<long?> _minFrequency = new("--min-frequency") { Description = "How often two neighbours must occur to become a token (default: 0; wordpiece: 2).", HelpName = "N" };
    private readonly Option<int?> _maxTokenLength = new("--max-token-length") { Description = "BPE tokens of three bytes and more have fewer than N.", HelpName = "N" };
    private readonly Option<int?> _maxPieceLength = new("--max-piece-length") { Description = "Cut longer BPE pieces after every N bytes: for texts without spaces.", HelpName = "N" };
    private readonly Option<bool> _cased = new("--cased") { Description = "Wordpiece keeps capitals and accents." };

    public IEnumerable<Option> Options => [_pattern, _special, _specialLast, _minFrequency, _maxTokenLength, _maxPieceLength, _cased];

    /// <summary>The trainer that is asked for.</summary>
    public TrainTokenizer Trainer(ParseResult parse, TokenizerKind kind, int vocabularySize, int? threads)
    {
        Refuse(parse, kind);
        switch (kind)
        {
            case TokenizerKind.Bpe:
                var bpe = new BpeTrainer(Bpe(parse) with { VocabularySize = vocabularySize, Threads = threads });
                return bpe.Train;
            case TokenizerKind.WordPiece:
                var wordPiece = new WordPieceTrainer(WordPiece(parse) with { VocabularySize = vocabularySize, Threads = threads });
                return wordPiece.Train;
            default:
                return (documents, _, _) => CharTokenizer.Train(documents.Select(document => Encoding.UTF8.GetString(document.Span)), bos: true);
        }
    }

    private BpeTrainerOptions Bpe(ParseResult parse)
    {
        var pattern = parse.GetValue(_pattern);
        var isNanochat = pattern is Nanochat or Digits;
        string[] special = parse.GetValue(_special) is { Length: > 0 } given ? given
            : isNanochat ? [.. new NanochatTemplate().SpecialTokens]
            : ["<|endoftext|>"];
        return new BpeTrainerOptions
        {
            Splitter = pattern switch
            {
                null or "cl100k" => Splitter.Gpt4,
                "gpt2" => Splitter.Gpt2,
                Nanochat => Splitter.Nanochat,
                Digits => Splitter.FromPattern(DigitsPattern),
                _ => Splitter.FromPattern(pattern),
            },
            SpecialTokens = special,
            SpecialTokensLast = isNanochat || parse.GetValue(_specialLast),
            BosToken = s_bos.FirstOrDefault(special.Contains) ?? special.FirstOrDefault(),
            EosToken = s_eos.FirstOrDefault(special.Contains) ?? special.FirstOrDefault(),
            MinFrequency = parse.GetValue(_minFrequency) ?? 0,
            MaxTokenLength = parse.GetValue(_maxTokenLength),
            MaxPieceLength = parse.GetValue(_maxPieceLength),
        };
    }

    private WordPieceTrainerOptions WordPiece(ParseResult parse)
    {
        var options = new WordPieceTrainerOptions();
        return options with
        {
            MinFrequency = parse.GetValue(_minFrequency) ?? options.MinFrequency,
            Tokenizer = options.Tokenizer with { Lowercase = !parse.GetValue(_cased) },
            SpecialTokens = [.. options.SpecialTokens.Union(parse.GetValue(_special) ?? [])],
        };
    }

    /// <summary>An option that a kind does not have is a mistake, not to be passed over.</summary>
    private void Refuse(ParseResult parse, TokenizerKind kind)
    {
        Option[] meant = kind switch
        {
            TokenizerKind.Bpe => [_pattern, _special, _specialLast, _minFrequency, _maxTokenLength, _maxPieceLength],
            TokenizerKind.WordPiece => [_special, _minFrequency, _cased],
            _ => [],
        };
        if (Options.Except(meant).FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } wrong)
            throw new ArgumentException($"{wrong.Name} has no meaning for --kind {kind.ToString().ToLowerInvariant()}.");
    }
}
