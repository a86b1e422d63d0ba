using MicroGpt.Alignment;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Alignment;

public sealed class PreferenceFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "chosen": "Hello!", "rejected": "What?"}""")]
    [InlineData("""{"prompt": "Hi", "chosen": "Hello!", "rejected": "What?", "score": 3}""")]
    [InlineData("""{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "assistant", "content": "Hello!"}], "rejected": [{"role": "assistant", "content": "What?"}]}""")]
    [InlineData("""{"chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "rejected": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "What?"}]}""")]
    public void The_usual_forms_are_read(string line)
    {
        var pair = Assert.Single(Read(line + "\n\n"));
        Assert.Equal(["Hi"], pair.Prompt.Messages.Select(message => message.Text));
        Assert.Equal("Hello!", Assert.Single(pair.Chosen).Text);
        Assert.Equal("What?", Assert.Single(pair.Rejected).Text);
    }

    [Theory]
    [InlineData("""{"prompt": "Hi", "chosen": "Hello!"}""", "\"rejected\"")]
    [InlineData("""{"chosen": "Hello!", "rejected": "What?"}""", "what was asked")]
    [InlineData("""{"prompt": "Hi", "chosen": 3, "rejected": "What?"}""", "texts or lists")]
    [InlineData("""{"prompt": "Hi", "chosen": [], "rejected": "What?"}""", "empty")]
    [InlineData("""{"prompt": "Hi", "chosen": [{"role": "user", "content": "x"}], "rejected": "What?"}""", "both the user's")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}], "chosen": "a", "rejected": "b"}""", "last word")]
    [InlineData("""{"prompt": "Hi", "chosen": [{"role": "assistant"}], "rejected": "What?"}""", "no \"content\"")]
    [InlineData("""["chosen", "rejected"]""", "an object")]
    [InlineData("{\"prompt\":", "line 2")]
    public void What_is_no_pair_is_told_with_its_line(string line, string words)
    {
        var message = Assert.Throws<InvalidDataException>(() => Read("\n" + line).ToArray()).Message;
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Contains("pairs.jsonl: line 2", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Only_the_reply_counts(string name, ChatTemplate template)
    {
        var tokenizer = new MicroGpt.Tests.Tokenizers.ByteTokenizer(template.SpecialTokens);
        var prompt = new Conversation([new(Message.System, "s"), new(Message.User, "one"), new(Message.Assistant, "two"), new(Message.User, "three")]);
        var tokens = PreferencePair.Encode(prompt, [new Message(Message.Assistant, "four")], template, tokenizer);
        var learned = tokens.Ids.Where((_, i) => tokens.LossMask[i]).ToArray();
        Assert.Equal("four", tokenizer.Decode(learned.Where(id => id < 256)).Trim());
        Assert.Contains(tokenizer.SpecialTokens[template.EndOfTurn], learned);
        Assert.NotEmpty(name);
    }

    [Fact]
    public void Damaged_files_are_told_and_nothing_else_happens()
    {
        var lines = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"chosen\": \"Hello!\", \"rejected\": [{\"role\": \"assistant\", \"content\": [{\"type\": \"text\", \"text\": \"What?\"}]}]}\n"u8.ToArray();
        for (var seed = 0UL; seed < 2000; seed++)
        {
            File.WriteAllBytes(_folder.File("pairs.jsonl"), Mutation.Of([.. lines, .. lines], new MicroGpt.Numerics.MersenneTwister(seed)));
            try
            {
                _ = PreferenceFile.Read(_folder.File("pairs.jsonl")).Count();
            }
            catch (InvalidDataException exception)
            {
                Assert.Contains("pairs.jsonl", exception.Message, StringComparison.Ordinal);
            }
        }
    }

    public static TheoryData<string, ChatTemplate> Templates() => new()
    {
        { "nanochat", new NanochatTemplate() },
        { "ChatML", new ChatMlTemplate() },
        { "Llama 3", new Llama3Template() },
    };

    private IEnumerable<PreferencePair> Read(string lines)
    {
        File.WriteAllText(_folder.File("pairs.jsonl"), lines);
        return PreferenceFile.Read(_folder.File("pairs.jsonl"));
    }
}
