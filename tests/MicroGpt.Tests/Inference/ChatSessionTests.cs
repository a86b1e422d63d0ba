using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tests.Tokenizers;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Inference;

/// <summary>Turn by turn the model says what it would say to the whole conversation, and reads no more than what is new.</summary>
public sealed class ChatSessionTests
{
    private static readonly ByteTokenizer s_tokenizer = new(new NanochatTemplate().SpecialTokens);

    [Theory]
    [InlineData("llama")]
    [InlineData("nanochat")]
    [InlineData("lstm")]
    public void Every_turn_is_as_if_the_whole_conversation_had_been_read(string preset)
    {
        using var device = Device.Cpu(threads: 1);
        var model = Model(device, preset, context: 200);
        var session = new ChatSession(model, s_tokenizer);
        var options = new ReplyOptions { MaxTokens = 7, Tool = call => $"<{call}>" };
        var messages = new List<Message>();
        for (var turn = 0; turn < 3; turn++)
        {
            messages.Add(new Message(Message.User, $"turn {turn}"));
            var conversation = new Conversation(messages);
            var said = new List<ReplyPiece>();
            var reply = session.Reply(conversation, options, said.Add, TestContext.Current.CancellationToken);
            var whole = new ChatGenerator(model, s_tokenizer, options: options).Reply([conversation], cancellation: TestContext.Current.CancellationToken)[0];
            Assert.Equal(whole.Message.Parts, reply.Message.Parts);
            Assert.Equal((whole.End, whole.Tokens), (reply.End, reply.Tokens));
            Assert.Equal(reply.Message.Text, string.Concat(said.Where(piece => piece.Kind == ReplyPieceKind.Text).Select(piece => piece.Text)));
            messages.Add(reply.Message);
        }
    }

    [Fact]
    public void What_was_read_is_not_read_again_unless_it_was_changed()
    {
        using var device = Device.Cpu(threads: 1);
        var session = new ChatSession(Model(device, "llama", context: 200), s_tokenizer);
        var options = new ReplyOptions { MaxTokens = 3 };
        var first = Say(new Message(Message.User, "one"));
        Assert.Equal(0, session.RememberedTokens);
        var answer = new Message(Message.Assistant, first.Message.Text);
        Say(new Message(Message.User, "one"), answer, new Message(Message.User, "two"));
        if (first.Message.Parts.All(part => part is TextPart { Text: var text } && text.All(char.IsAscii))) // written again in the same tokens
            Assert.InRange(session.RememberedTokens, 5, 20);
        Say(new Message(Message.User, "another"));
        Assert.Equal(0, session.RememberedTokens);

        GeneratedReply Say(params Message[] messages) =>
            session.Reply(new Conversation(messages), options, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_oldest_turns_go_where_the_context_is_too_short()
    {
        using var device = Device.Cpu(threads: 1);
        var session = new ChatSession(Model(device, "llama", context: 48), s_tokenizer);
        var options = new ReplyOptions { MaxTokens = 3 };
        var messages = new List<Message> { new(Message.System, "be kind") };
        for (var i = 0; i < 4; i++)
        {
            messages.Add(new Message(Message.User, "something"));
            messages.Add(new Message(Message.Assistant, "nothing"));
        }

        messages.Add(new Message(Message.User, "last"));
        var reply = session.Reply(new Conversation(messages), options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(8, session.ForgottenMessages);
        Assert.Equal(
            reply.Message.Parts,
            session.Reply(new Conversation([messages[0], messages[^1]]), options, cancellation: TestContext.Current.CancellationToken).Message.Parts);
        Assert.Equal(0, session.ForgottenMessages);
        var error = Assert.Throws<ArgumentException>(() => session.Reply(
            new Conversation([new Message(Message.User, new string('x', 60))]), options, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("too long for the model's context of 48 tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_without_conversations_is_refused()
    {
        using var device = Device.Cpu(threads: 1);
        var error = Assert.Throws<ArgumentException>(() => new ChatSession(Model(device, "llama", 48), CharTokenizer.Train(["abc"], bos: true)));
        Assert.Contains("can't be talked to", error.Message, StringComparison.Ordinal);
    }

    private static ILanguageModel Model(Device device, string preset, int context)
    {
        if (preset != "lstm")
            return TinyModels.Create(TinyModels.Config(preset, s_tokenizer.VocabularySize) with { ContextLength = context }, device);
        var model = ((RecurrentConfig)ModelPresets.Create(preset, s_tokenizer.VocabularySize) with { Width = 8 }).Create(device);
        model.Initialize(new MersenneTwister(1));
        return model;
    }
}
