namespace MicroGpt.Tokenizers;

/// <summary>
/// Cuts a text into the pieces (words, numbers, punctuation, white space) inside which a byte-level tokenizer merges. The
/// tokenizers of the field describe the cut with a regular expression; here those in use are loops over UTF-8 written by hand.
/// A byte that is not UTF-8 counts as a character that is neither letter, number nor white space.
/// </summary>
public abstract class Splitter
{
    // Forms of the same expression have the same splitter: possessive quantifiers only save an engine from trying again what fails,
    // and of a run of white space \s*[\r\n] takes as much as \s*[\r\n]+.
    private static readonly Splitter[] s_known =
    [
        new Gpt2Splitter(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", digitsAlone: false),
        new Gpt2Splitter(@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", digitsAlone: false),
        new Gpt2Splitter(@"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s", digitsAlone: false),
        new Gpt4Splitter(@"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s++$|\s*[\r\n]|\s+(?!\S)|\s", 3, endTogether: true),
        new Gpt4Splitter(@"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s", 3, endTogether: true),
        new Gpt4Splitter(@"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+", 3, endTogether: false),
        new Gpt4Splitter(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", 3, endTogether: false),
        new Gpt4Splitter(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", 1, endTogether: false),
        new Gpt4Splitter(@"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,2}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+", 2, endTogether: false),
    ];

    /// <summary>The regular expression that this splitter follows, as files have it.</summary>
    public abstract string Pattern { get; }

    /// <summary>GPT-2's, and that of the 50M MicroGPT.</summary>
    public static Splitter Gpt2 => s_known[0];

    /// <summary>GPT-4's, cl100k, as tiktoken cuts today, in a form that Hugging Face's engine reads the same way.</summary>
    public static Splitter Gpt4 => s_known[3];

    /// <summary>Llama 3's: GPT-4's in its older form, in which the end of a text is like its middle.</summary>
    internal static Splitter Llama3 => s_known[5];

    /// <summary>Qwen's: Llama 3's with every digit alone.</summary>
    internal static Splitter Qwen2 => s_known[6];

    /// <summary>nanochat's: GPT-4's with numbers of at most two digits, and an end of the text that is like its middle.</summary>
    public static Splitter Nanochat => s_known[^1];

    /// <summary>GPT-4o's, o200k: words end where capitals follow small letters.</summary>
    internal static Splitter O200k { get; } = new PatternSplitter(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+");

    /// <summary>GPT-2's with every digit alone, as SmolLM2 has it.</summary>
    internal static Splitter Gpt2DigitsAlone { get; } = new Gpt2Splitter(Gpt2.Pattern, digitsAlone: true);

    /// <summary>The splitter of a regular expression: one written by hand where the expression is known, else a small matcher.</summary>
    /// <exception cref="ArgumentException">The expression can't be followed; the message says which part of it.</exception>
    public static Splitter FromPattern(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return Array.Find(s_known, splitter => splitter.Pattern == pattern) ?? new PatternSplitter(pattern);
    }

    /// <summary>The end of the piece that starts at <paramref name="start"/>.</summary>
    /// <param name="utf8">The whole text; where it ends matters to patterns that look ahead.</param>
    /// <param name="start">Where a piece starts, less than the text's length.</param>
    /// <returns>More than <paramref name="start"/>, and at most the text's length.</returns>
    public abstract int Next(ReadOnlySpan<byte> utf8, int start);
}
