using System.Text;
using MicroGpt.Tokenizers;

namespace MicroGpt.Inference;

/// <summary>
/// A reply while it is generated, one row of several: tokens that the model still has to read, be they of the prompt, chosen by
/// itself, or a tool's output that is forced upon it, and the message that they make.
/// </summary>
internal sealed class ReplyInMaking
{
    private readonly ITokenizer _tokenizer;
    private readonly ReplyOptions _options;
    private readonly Sampler _sampler;
    private readonly ToolIds? _tools;
    private readonly HashSet<int> _special;
    private readonly Queue<int> _unread;
    private readonly StringBuilder _text = new(); // of the part that is being written
    private readonly List<MessagePart> _parts = [];
    private readonly List<(int Id, bool Chosen)> _written = [];
    private StreamingDecoder _decoder;
    private bool _isCall;
    private int _chosen;

    public ReplyInMaking(ITokenizer tokenizer, ChatTemplate template, int[] prompt, ReplyOptions options, Sampler sampler)
    {
        (_tokenizer, _options, _sampler, _unread) = (tokenizer, options, sampler, new Queue<int>(prompt));
        _decoder = new StreamingDecoder(tokenizer);
        _special = [.. tokenizer.SpecialTokens.Values];
        if (template.Tools is { } marks)
            _tools = new ToolIds(Id(marks.CallStart), Id(marks.CallEnd), Id(marks.OutputStart), Id(marks.OutputEnd));

        int Id(string token) => tokenizer.SpecialTokens[token]; // the prompt could not have been encoded without them
    }

    /// <summary>Why it is at its end; null while it is not.</summary>
    public ReplyEnd? End { get; private set; }

    /// <summary>Is told every piece of the reply as it comes; null for nobody.</summary>
    public Action<ReplyPiece>? Said { get; init; }

    /// <summary>Whether all has been read, so that the next token is to be chosen.</summary>
    public bool IsToChoose => End is null && Unread == 0;

    /// <summary>How many tokens wait to be read.</summary>
    public int Unread => _unread.Count;

    /// <summary>The tokens to be read next. What stands behind the end of a reply does not matter.</summary>
    public void Read(Span<int> ids)
    {
        foreach (ref var id in ids)
            id = _unread.TryDequeue(out var next) ? next : 0;
    }

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">The scores behind the last token that was read.</param>
    public void Choose(ReadOnlySpan<double> logits)
    {
        var id = _sampler.Next(logits);
        _chosen++;
        Write(id, chosen: true);
        if (!_special.Contains(id))
            Say(_isCall ? ReplyPieceKind.Call : ReplyPieceKind.Text, _decoder.Add(id));
        else if (!_isCall && id == _tools?.CallStart)
            BeginCall();
        else if (_isCall && id == _tools?.CallEnd)
            EndCall();
        else
            Stop(ReplyEnd.EndOfTurn); // also a token that has no place in a reply
        if (_chosen == _options.MaxTokens)
            Stop(ReplyEnd.Length);
    }

    /// <summary>Ends the reply, if it has not ended yet.</summary>
    public void Stop(ReplyEnd end) => End ??= end;

    /// <summary>The message, once it has ended.</summary>
    public GeneratedReply ToReply()
    {
        var rest = Written();
        return new GeneratedReply(
            new Message(Message.Assistant, [.. _parts, _isCall ? new PythonPart(rest) : new TextPart(rest)]), End!.Value, _chosen)
        {
            Written = new ChatTokens([.. _written.Select(token => token.Id)], [.. _written.Select(token => token.Chosen)]),
        };
    }

    private void Write(int id, bool chosen)
    {
        _written.Add((id, chosen));
        _unread.Enqueue(id);
    }

    private void BeginCall()
    {
        _parts.Add(new TextPart(Written()));
        _isCall = true;
    }

    private void EndCall()
    {
        var call = Written();
        _parts.Add(new PythonPart(call));
        _isCall = false;
        if (_options.Tool(call) is not { } output)
        {
            Stop(ReplyEnd.ToolCall);
            return;
        }

        _parts.Add(new OutputPart(output));
        Said?.Invoke(new ReplyPiece(ReplyPieceKind.Output, output));
        foreach (var id in (int[])[_tools!.Value.OutputStart, .. _tokenizer.Encode(output), _tools.Value.OutputEnd])
            Write(id, chosen: false);
    }

    /// <summary>The part that ends here.</summary>
    private string Written()
    {
        Say(_isCall ? ReplyPieceKind.Call : ReplyPieceKind.Text, _decoder.Flush());
        _decoder = new StreamingDecoder(_tokenizer);
        var text = _text.ToString();
        _text.Clear();
        return text;
    }

    private void Say(ReplyPieceKind kind, string text)
    {
        if (text.Length == 0)
            return;
        _text.Append(text);
        Said?.Invoke(new ReplyPiece(kind, text));
    }

    private readonly record struct ToolIds(int CallStart, int CallEnd, int OutputStart, int OutputEnd);
}
