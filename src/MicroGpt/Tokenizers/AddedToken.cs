namespace MicroGpt.Tokenizers;

/// <summary>
/// A token beside those that merging gives, recognised in a text by its name, as Hugging Face's <c>added_tokens</c> has it.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its name, for example <c>&lt;|im_start|&gt;</c>.</param>
public sealed record AddedToken(int Id, string Content)
{
    /// <summary>
    /// Whether it stands for no text: it is recognised only where special tokens are allowed, and decodes to nothing. One that is not
    /// special is recognised in every text, and decodes to its name.
    /// </summary>
    public bool Special { get; init; } = true;

    /// <summary>Whether it is recognised only where no letter, digit or underscore stands next to it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether it swallows the white space before it.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Whether it swallows the white space behind it.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Whether it is looked for in the normalized text instead of the text as it came.</summary>
    public bool Normalized { get; init; }
}
