using System.Text.Json;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

/// <summary>
/// Our templates and their Jinja texts, compared with what transformers renders (TestData/chat/record.py): the library writes what
/// any program that reads its tokenizer_config.json writes.
/// </summary>
public sealed class ChatTemplateRecordedTests
{
    public static TheoryData<string> Names { get; } = [.. Templates.Keys];

    private static Dictionary<string, ChatTemplate> Templates => new()
    {
        ["chatml"] = new ChatMlTemplate(),
        ["chatml-with-system"] = new ChatMlTemplate("It's a \"test\" \\ of\ntwo lines"),
        ["chatml-without-tools"] = new ChatMlTemplate(hasTools: false),
        ["nanochat"] = new NanochatTemplate(),
        ["llama3"] = new Llama3Template(),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void The_Jinja_text_is_the_one_that_was_recorded(string name) =>
        Assert.Equal(File.ReadAllText(TestFiles.Recorded($"chat/{name}.jinja")).ReplaceLineEndings("\n"), Templates[name].Jinja);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_conversation_is_rendered_as_transformers_does(string name)
    {
        var template = Templates[name];
        var tokenizer = new ByteTokenizer(template.SpecialTokens);
        var compared = Compare("rendered", name, (conversation, recorded) =>
            Assert.Equal(recorded.GetString(), tokenizer.Decode(Ids(template, conversation, tokenizer), withSpecial: true)));
        Assert.True(compared >= 5);
    }

    [Fact]
    public void The_published_50M_tokenizer_gives_transformers_ids()
    {
        var path = TestFiles.DataSet("microgpt50m-tokenizer.json");
        using var config = JsonDocument.Parse(File.ReadAllBytes(TestFiles.DataSet("microgpt50m-tokenizer_config.json")));
        var template = ChatTemplate.Recognize(config.RootElement.GetProperty("chat_template").GetString()!);
        var tokenizer = TokenizerFiles.Load(path);
        var compared = Compare("microgpt50m", null, (conversation, recorded) =>
            Assert.Equal(recorded.EnumerateArray().Select(id => id.GetInt32()), Ids(template, conversation, tokenizer)));
        Assert.Equal(7, compared);
    }

    private static int Compare(string kind, string? name, Action<Conversation, JsonElement> compare)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(TestFiles.Recorded("chat/recorded.json")));
        var recorded = json.RootElement.GetProperty(kind);
        if (name is not null)
            recorded = recorded.GetProperty(name);
        var lines = File.ReadAllLines(TestFiles.Recorded("chat/conversations.jsonl"));
        var compared = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            if (recorded[i].ValueKind == JsonValueKind.Null)
                continue;
            compare(ConversationJson.Read(System.Text.Encoding.UTF8.GetBytes(lines[i])), recorded[i]);
            compared++;
        }

        return compared;
    }

    private static int[] Ids(ChatTemplate template, Conversation conversation, ITokenizer tokenizer) =>
        conversation.Messages[^1].Role == Message.Assistant
            ? template.Encode(conversation, tokenizer).Ids
            : template.EncodePrompt(conversation, tokenizer);
}
