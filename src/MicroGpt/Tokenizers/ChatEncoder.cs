using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Puts ids together from special tokens, by name, and from text, which is never searched for them: whatever people write in a
/// conversation, it does not end a turn or begin one. Text that is written in pieces is encoded as a whole, as long as it is all
/// learned or all not.
/// </summary>
internal sealed class ChatEncoder(ITokenizer tokenizer, string template)
{
    private readonly List<int> _ids = [];
    private readonly List<bool> _mask = [];
    private readonly StringBuilder _text = new();
    private bool _textIsLearned;

    public void Special(string token, bool learned = false)
    {
        Flush();
        if (!tokenizer.SpecialTokens.TryGetValue(token, out var id))
            throw new ArgumentException(
                $"The tokenizer has no special token {token}, which conversations in the {template} form need; use a tokenizer that was trained with it.");
        Append([id], learned);
    }

    public void Text(string text, bool learned = false)
    {
        if (learned != _textIsLearned)
            Flush();
        _textIsLearned = learned;
        _text.Append(text);
    }

    public ChatTokens ToTokens()
    {
        Flush();
        return new ChatTokens([.. _ids], [.. _mask]);
    }

    private void Flush()
    {
        if (_text.Length > 0)
            Append(tokenizer.Encode(_text.ToString()), _textIsLearned);
        _text.Clear();
    }

    private void Append(int[] ids, bool learned)
    {
        _ids.AddRange(ids);
        _mask.AddRange(Enumerable.Repeat(learned, ids.Length));
    }
}
