using System.Text;
using System.Text.Json;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

public sealed class ConversationJsonTests
{
    private const string Asked = """{"role": "user", "content": "12 * 7?"}""";

    [Theory]
    [InlineData("""{"messages": [{"role": "user", "content": "你好 \"x\""}, {"role": "assistant", "content": "hi"}]}""")]
    [InlineData("""[{"role": "user", "content": "你好 \"x\""}, {"role": "assistant", "content": "hi"}]""")]
    [InlineData("""{"id": 7, "conversations": [{"from": "human", "value": "你好 \"x\""}, {"from": "gpt", "value": "hi"}]}""")]
    [InlineData("""{"tools": [], "conversations": [{"role": "user", "content": "你好 \"x\"", "name": "me"}, {"role": "assistant", "content": [{"type": "text", "text": "hi"}], "tool_calls": null}]}""")]
    public void The_published_forms_are_read(string json) =>
        Assert.Equal("""{"messages":[{"role":"user","content":"你好 \"x\""},{"role":"assistant","content":"hi"}]}""", Rewrite(json));

    [Theory]
    [InlineData("""{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"python","text":"1+1"},{"type":"python_output","text":"2"},{"type":"text","text":"b"}]}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"","tool_calls":[{"type":"function","function":{"name":"now","arguments":"{\"zone\": \"UTC\"}"}}]},{"role":"tool","content":"noon"}]}""")]
    public void What_is_written_is_read_again(string json) => Assert.Equal(json, Rewrite(json));

    [Fact]
    public void Arguments_may_be_an_object()
    {
        var json = """{"messages":[""" + Asked + """,{"role":"assistant","content":null,"tool_calls":[{"name":"f","arguments":{"a":[1.50,null,true,{},[]],"é\n":"\"\u0001東\ud83d\ude00"}}]}]}""";
        var call = Assert.IsType<ToolCallPart>(ConversationJson.Read(Encoding.UTF8.GetBytes(json)).Messages[1].Parts.Single());
        Assert.Equal("""{"a": [1.50, null, true, {}, []], "é\n": "\"\u0001東😀"}""", call.Arguments);
    }

    [Theory]
    [InlineData("This is not JSON:", "{")]
    [InlineData("This is not JSON:", "")]
    [InlineData("This is no conversation:", "3")]
    [InlineData("This is no conversation:", "[]")]
    [InlineData("This is no conversation:", """{"text": "x"}""")]
    [InlineData("The conversation is empty", """{"messages": []}""")]
    [InlineData("The assistant speaks first", """{"messages": [{"role": "assistant", "content": "x"}]}""")]
    [InlineData("The conversation defines \"tools\"", """{"messages": [{"role": "user", "content": "x"}], "tools": [{}]}""")]
    [InlineData("The conversation holds a string that is not Unicode text.", """{"messages": [{"role": "user", "content": "\ud83d"}]}""")]
    [InlineData("Message 1 is not an object", """{"messages": [3]}""")]
    [InlineData("Message 1 has no \"role\".", """{"messages": [{"content": "x"}]}""")]
    [InlineData("Message 1 has the role \"robot\"; the roles are", """{"messages": [{"role": "robot", "content": "x"}]}""")]
    [InlineData("Message 1 has no \"content\".", """{"messages": [{"role": "user"}]}""")]
    [InlineData("Message 1 has a \"content\" that is neither", """{"messages": [{"role": "user", "content": null}]}""")]
    [InlineData("Message 1 has a part without a \"type\".", """{"messages": [{"role": "user", "content": ["x"]}]}""")]
    [InlineData("Message 1 has a part of type \"text\" without a \"text\".", """{"messages": [{"role": "user", "content": [{"type": "text"}]}]}""")]
    [InlineData("Message 1 has a part of type \"image_url\"; those that can be read", """{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}""")]
    [InlineData("Message 1: A message of the user can hold text only", """{"messages": [{"role": "user", "content": [{"type": "python", "text": "1"}]}]}""")]
    [InlineData("Message 1 has \"tool_calls\" that are not a list.", """{"messages": [{"role": "assistant", "tool_calls": 3}]}""")]
    [InlineData("Message 1 has a tool call without", """{"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}]}""")]
    [InlineData("Message 1 has a tool call whose \"arguments\"", """{"messages": [{"role": "assistant", "tool_calls": [{"name": "f", "arguments": 3}]}]}""")]
    public void What_is_no_conversation_is_refused_with_a_sentence(string sentence, string json) =>
        Assert.StartsWith(
            sentence,
            Assert.Throws<InvalidDataException>(() => ConversationJson.Read(Encoding.UTF8.GetBytes(json))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Deep_JSON_is_refused() =>
        Assert.Throws<InvalidDataException>(() => ConversationJson.Read(Encoding.UTF8.GetBytes(new string('[', 1 << 20))));

    [Fact]
    public void Only_what_has_messages_looks_like_a_conversation()
    {
        Assert.True(LooksLike("""{"messages": []}"""));
        Assert.True(LooksLike("[" + Asked + "]"));
        Assert.False(LooksLike("""{"text": "a", "messages": "b"}"""));
        Assert.False(LooksLike("""["a"]"""));
        Assert.False(LooksLike("""{"\ud83d\ud83d\ud83d": []}"""));

        static bool LooksLike(string json)
        {
            using var document = JsonDocument.Parse(json);
            return ConversationJson.IsConversation(document.RootElement);
        }
    }

    [Theory]
    [InlineData(1, 20_000)]
    [InlineData(2, 20_000)]
    public void Mutations_give_a_conversation_or_a_sentence(ulong seed, int times) => Mutate(seed, times);

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData(3, 2_000_000)]
    public void Millions_of_mutations_give_a_conversation_or_a_sentence(ulong seed, int times) => Mutate(seed, times);

    private static void Mutate(ulong seed, int times)
    {
        byte[][] originals = [.. File.ReadAllLines(TestFiles.Recorded("chat/conversations.jsonl")).Select(Encoding.UTF8.GetBytes)];
        byte[][] words = [.. ((string[])["null", "9", "{}", "[", "]", "\"", ",", "\\ud83d", "\\u0000", "\"role\": \"tool\",", "{\"role\": \"user\", \"content\": \"x\"},", "\0", "\u00e9"]).Select(Encoding.UTF8.GetBytes)];
        var random = new MersenneTwister(seed);
        var read = 0;
        for (var i = 0; i < times; i++)
        {
            var bytes = originals[random.NextInt32(originals.Length)].ToList();
            for (var changes = random.NextInt32(4); changes >= 0 && bytes.Count > 0; changes--)
            {
                var at = random.NextInt32(bytes.Count);
                switch (random.NextInt32(5))
                {
                    case 0: bytes[at] ^= (byte)(1 << random.NextInt32(8)); break;
                    case 1: bytes[at] = (byte)random.NextInt32(256); break;
                    case 2: bytes.RemoveRange(at, Math.Min(1 + random.NextInt32(20), bytes.Count - at)); break;
                    case 3: bytes.InsertRange(at, bytes.GetRange(random.NextInt32(at + 1), Math.Min(40, bytes.Count - at))); break;
                    default: bytes.InsertRange(at, words[random.NextInt32(words.Length)]); break;
                }
            }

            try
            {
                var conversation = ConversationJson.Read(bytes.ToArray());
                // What was read is written and read again as the same.
                var written = ConversationJson.Write(conversation);
                Assert.Equal(written, ConversationJson.Write(ConversationJson.Read(written)));
                read++;
            }
            catch (InvalidDataException)
            {
                // a sentence, as it should be
            }
            catch (Exception exception)
            {
                Assert.Fail($"Mutation {i} with seed {seed}: {exception}\n{Encoding.UTF8.GetString([.. bytes])}");
            }
        }

        Assert.InRange(read, times / 50, times - times / 50); // both happen
    }

    private static string Rewrite(string json) =>
        Encoding.UTF8.GetString(ConversationJson.Write(ConversationJson.Read(Encoding.UTF8.GetBytes(json))));
}
