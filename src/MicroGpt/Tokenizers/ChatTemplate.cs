namespace MicroGpt.Tokenizers;

/// <summary>
/// How a conversation becomes tokens: which special tokens stand around each message, and which tokens the model is to learn.
/// The text of a conversation is only ever text; a person who types <c>&lt;|im_end|&gt;</c> has typed ten characters.
/// </summary>
/// <remarks>Published models describe theirs in Jinja. <see cref="Recognize"/> knows the usual ones; docs/tokenizers.md says which.</remarks>
public abstract class ChatTemplate
{
    private protected ChatTemplate()
    {
    }

    /// <summary>Its name in messages, such as <c>ChatML</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The special tokens that a tokenizer needs for it, in the order in which they are appended to a new vocabulary.</summary>
    public abstract IReadOnlyList<string> SpecialTokens { get; }

    /// <summary>The special token with which the assistant ends its turn: generation stops there.</summary>
    public abstract string EndOfTurn { get; }

    /// <summary>The special tokens round a tool's call and its output within an answer, or null where the template has none.</summary>
    public virtual ToolMarks? Tools => null;

    /// <summary>The same template in Jinja, for <c>tokenizer_config.json</c>: other programs read it there.</summary>
    public abstract string Jinja { get; }

    /// <summary>The template that a published model's Jinja text describes.</summary>
    /// <param name="jinja">The <c>chat_template</c> of its <c>tokenizer_config.json</c>.</param>
    /// <exception cref="InvalidDataException">It is none of the known ones, or does what they do not.</exception>
    public static ChatTemplate Recognize(string jinja) => ChatTemplateRecognition.Recognize(jinja);

    /// <summary>The template whose special tokens a tokenizer has, for one that comes without a template's text; null if there is none.</summary>
    public static ChatTemplate? For(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ChatTemplate[] known = [new NanochatTemplate(), new ChatMlTemplate(), new Llama3Template()];
        return known.FirstOrDefault(template => template.SpecialTokens.All(tokenizer.SpecialTokens.ContainsKey));
    }

    /// <summary>The given template, or the one whose special tokens a tokenizer has.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static ChatTemplate Required(ITokenizer tokenizer, ChatTemplate? given) => given ?? For(tokenizer) ?? throw new ArgumentException(
        "The model's tokenizer has no special tokens for conversations, so it can't be talked to; it continues texts (microgpt sample).");

    /// <summary>A conversation to learn from, whole.</summary>
    /// <exception cref="ArgumentException">
    /// The assistant says nothing in it, the tokenizer lacks a special token, or the template has no form for the conversation's tools.
    /// </exception>
    public ChatTokens Encode(Conversation conversation, ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (!conversation.Messages.Any(message => message.Role == Message.Assistant))
            throw new ArgumentException("The assistant says nothing in this conversation, so there is nothing to learn from it.", nameof(conversation));
        var encoder = new ChatEncoder(tokenizer, Name);
        Write(conversation, encoder);
        return encoder.ToTokens();
    }

    /// <summary>The ids before the assistant's next answer: the conversation, and the opening of the assistant's turn.</summary>
    /// <param name="conversation">A conversation in which the user or a tool has spoken last.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <exception cref="ArgumentException">
    /// The assistant has spoken last, the tokenizer lacks a special token, or the template has no form for the conversation's tools.
    /// </exception>
    public int[] EncodePrompt(Conversation conversation, ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (conversation.Messages[^1].Role == Message.Assistant)
            throw new ArgumentException("The assistant has spoken last in this conversation; it is the user's turn.", nameof(conversation));
        var encoder = new ChatEncoder(tokenizer, Name);
        Write(conversation, encoder);
        OpenAnswer(conversation, encoder);
        return encoder.ToTokens().Ids;
    }

    /// <summary>Writes all of a conversation.</summary>
    private protected abstract void Write(Conversation conversation, ChatEncoder output);

    /// <summary>Writes what stands before the assistant's next answer.</summary>
    private protected abstract void OpenAnswer(Conversation conversation, ChatEncoder output);

    /// <summary>What to say of a conversation with tools that the template has no form for.</summary>
    private protected ArgumentException NoFormFor(string what) => new($"The {Name} form has no place for {what}.");
}
