namespace MicroGpt.Tokenizers;

/// <summary>
/// Cuts a text into the pieces (words, numbers, punctuation, white space) inside which a byte-level tokenizer merges. The
/// tokenizers of the field describe the cut with a regular expression; here those in use are loops over UTF-8 written by hand.
/// A byte that is not UTF-8 counts as a character that is neither letter, number nor white space.
/// </summary>
public abstract class Splitter
{
    /// <summary>The regular expression that this splitter follows, as files have it.</summary>
    public abstract string Pattern { get; }

    /// <summary>The end of the piece that starts at <paramref name="start"/>.</summary>
    /// <param name="utf8">The whole text; where it ends matters to patterns that look ahead.</param>
    /// <param name="start">Where a piece starts, less than the text's length.</param>
    /// <returns>More than <paramref name="start"/>, and at most the text's length.</returns>
    public abstract int Next(ReadOnlySpan<byte> utf8, int start);

    /// <summary>GPT-2's, and that of the 50M MicroGPT.</summary>
    public static Splitter Gpt2 => throw new NotImplementedException();

    /// <summary>GPT-4's (cl100k), and Llama 3's.</summary>
    public static Splitter Gpt4 => throw new NotImplementedException();

    /// <summary>nanochat's: GPT-4's with numbers of at most two digits.</summary>
    public static Splitter Nanochat => throw new NotImplementedException();

    /// <summary>The splitter of a regular expression.</summary>
    /// <exception cref="ArgumentException">The expression can't be followed; the message says which part of it.</exception>
    public static Splitter FromPattern(string pattern) => throw new NotImplementedException();
}
