using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class ConversationTests
{
    private static readonly Message s_system = new("system", "s");
    private static readonly Message s_user = new("user", "u");
    private static readonly Message s_assistant = new("assistant", "a");
    private static readonly Message s_call = new("assistant", [new ToolCallPart("now", "{}")]);
    private static readonly Message s_tool = new("tool", "t");

    [Fact]
    public void Messages_out_of_order_are_refused_with_a_sentence()
    {
        Refused("The conversation is empty; it needs at least one message.");
        Refused("The conversation is nothing but a system message; the user must speak too.", s_system);
        Refused("The conversation has two system messages (1 and 2); join them into one.", s_system, s_system, s_user);
        Refused("Message 3 is a system message; only the first can be one.", s_user, s_assistant, s_system);
        Refused("The assistant speaks first (message 1); a conversation begins with the user.", s_assistant, s_user);
        Refused("The assistant speaks first (message 2); a conversation begins with the user.", s_system, s_assistant);
        Refused("Messages 2 and 3 are both the user's; join them into one.", s_system, s_user, s_user);
        Refused("Messages 2 and 3 are both the assistant's; join them into one.", s_user, s_assistant, s_assistant);
        Refused("Message 1 is a tool's output, but no tool was called just before it.", s_tool);
        Refused("Message 3 is a tool's output, but no tool was called just before it.", s_user, s_assistant, s_tool);
    }

    [Fact]
    public void Messages_in_order_are_taken()
    {
        Assert.Single(new Conversation([s_user]).Messages);
        Assert.Equal(7, new Conversation([s_system, s_user, s_call, s_tool, s_tool, s_assistant, s_user]).Messages.Count);
    }

    [Fact]
    public void Parts_that_cannot_follow_each_other_are_refused_with_a_sentence()
    {
        Refused("There is no role \"robot\"; the roles are system, user, assistant and tool.", () => new Message("robot", "x"));
        Refused("A message of the user can hold text only; tools are called by the assistant.", () => new Message("user", [new PythonPart("1")]));
        Refused(
            "A call of a tool ends the assistant's message; nothing but further calls can follow it.",
            () => new Message("assistant", [new ToolCallPart("now", "{}"), new TextPart("x")]));
        Refused(
            "An output in the assistant's message must follow the block of Python that it is of.",
            () => new Message("assistant", [new TextPart("x"), new OutputPart("1")]));
    }

    [Fact]
    public void Neighbouring_texts_are_one()
    {
        var message = new Message("assistant", [new TextPart("a"), new TextPart(""), new TextPart("b"), new PythonPart("1"), new TextPart("c")]);
        Assert.Equal([new TextPart("ab"), new PythonPart("1"), new TextPart("c")], message.Parts);
        Assert.Equal("abc", message.Text);
        Assert.Empty(new Message("user", "").Parts);
    }

    private static void Refused(string sentence, params Message[] messages) => Refused(sentence, () => new Conversation(messages));

    private static void Refused(string sentence, Func<object> create) =>
        Assert.Equal(sentence, Assert.Throws<ArgumentException>(create).Message);
}
