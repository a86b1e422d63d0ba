using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tests.Tokenizers;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Inference;

/// <summary>Many conversations at once are each what it would be alone, and a tool's output is forced upon the model.</summary>
public sealed class ChatGeneratorTests
{
    private static readonly NanochatTemplate s_template = new();
    private static readonly ByteTokenizer s_tokenizer = new(s_template.SpecialTokens);
    private static readonly Conversation[] s_conversations =
        [.. ((string[])["Hello", "", "How much is 17 + 4?", "Hi", "one two three four five six", "Hallo"]).Select(Asked)];

    [Theory]
    [InlineData("llama", 0)]
    [InlineData("nanochat", 0)]
    [InlineData("llama", 1)]
    public void Side_by_side_is_as_one_by_one(string preset, double temperature)
    {
        using var device = Device.Cpu(threads: 2);
        var model = Model(device, preset);
        var options = new ReplyOptions { MaxTokens = 12, Sampler = new SamplerOptions { Temperature = temperature }, Tool = call => $"<{call}>" };
        var expected = Reply(model, options with { Rows = 1 });
        foreach (var rows in (int[])[2, 4, 64])
            Assert.Equal(expected, Reply(model, options with { Rows = rows }));
    }

    [Fact]
    public void Without_tools_the_tokens_are_those_of_a_generator()
    {
        using var device = Device.Cpu(threads: 1);
        var model = Model(device, "llama");
        var greedy = new Sampler(new SamplerOptions { Temperature = 0 }, new MersenneTwister(1));
        var replies = Replies(model, new ReplyOptions { MaxTokens = 9 }, s_conversations);
        for (var i = 0; i < replies.Count; i++)
        {
            var ids = new Generator(model).Generate(s_template.EncodePrompt(s_conversations[i], s_tokenizer), 9, greedy).ToArray();
            var text = s_tokenizer.Decode(ids.TakeWhile(id => id < 256));
            Assert.StartsWith(text, string.Concat(replies[i].Message.Parts.Select(Text)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_reply_ends_where_the_context_does()
    {
        using var device = Device.Cpu(threads: 1);
        var model = Model(device, "llama", context: 12);
        var replies = Replies(model, new ReplyOptions(), Asked("12345"), Asked("a prompt that is longer than the context"));
        Assert.All(replies, reply => Assert.NotNull(reply.Message));
        Assert.Equal((ReplyEnd.Length, 0), (replies[1].End, replies[1].Tokens));
        Assert.InRange(replies[0].Tokens, 1, 4); // 9 for the prompt, and the last one chosen need not be read
    }

    [Fact]
    public void The_output_of_a_tool_is_read_before_the_model_goes_on()
    {
        var calls = new List<string>();
        var reply = Making(new ReplyOptions
        {
            Tool = call =>
            {
                calls.Add(call);
                return "6";
            },
        });
        Write(reply, "So ", "<|python_start|>", "2*3", "<|python_end|>");
        Assert.Equal(["2*3"], calls);
        Assert.Equal([.. Ids("<|python_end|>"), .. Ids("<|output_start|>"), .. Ids("6"), .. Ids("<|output_end|>")], ReadAll(reply));
        Assert.True(reply.IsToChoose);
        Write(reply, "it is 6.", "<|assistant_end|>");
        var (message, end, tokens) = reply.ToReply();
        Assert.Equal([new TextPart("So "), new PythonPart("2*3"), new OutputPart("6"), new TextPart("it is 6.")], message.Parts);
        Assert.Equal((ReplyEnd.EndOfTurn, 3 + 1 + 3 + 1 + 8 + 1), (end, tokens));
        var written = reply.ToReply().Written;
        string[] pieces = ["So ", "<|python_start|>", "2*3", "<|python_end|>", "<|output_start|>", "6", "<|output_end|>", "it is 6.", "<|assistant_end|>"];
        Assert.Equal(pieces.SelectMany(Ids), written.Ids);
        Assert.Equal(pieces.SelectMany((piece, i) => Ids(piece).Select(_ => i is < 4 or > 6)), written.LossMask); // the output was not its choice
    }

    [Fact]
    public void A_call_that_no_tool_answers_ends_the_reply()
    {
        var reply = Making(new ReplyOptions());
        Write(reply, "<|python_start|>", "clock()", "<|python_end|>");
        Assert.Equal(ReplyEnd.ToolCall, reply.End);
        Assert.Equal([new PythonPart("clock()")], reply.ToReply().Message.Parts);
    }

    [Theory]
    [InlineData("<|user_start|>")]
    [InlineData("<|python_end|>")]
    [InlineData("<|output_start|>")]
    [InlineData("<|bos|>")]
    public void A_special_token_that_has_no_place_in_a_reply_ends_it(string token)
    {
        var reply = Making(new ReplyOptions());
        Write(reply, "a", token);
        Assert.Equal(ReplyEnd.EndOfTurn, reply.End);
        Assert.Equal("a", reply.ToReply().Message.Text);
    }

    [Fact]
    public void A_reply_that_is_long_enough_ends_even_within_a_call()
    {
        var reply = Making(new ReplyOptions { MaxTokens = 4 });
        Write(reply, "<|python_start|>", "1+1");
        Assert.Equal(ReplyEnd.Length, reply.End);
        Assert.Equal([new PythonPart("1+1")], reply.ToReply().Message.Parts);
    }

    [Fact]
    public void What_can_not_be_is_refused()
    {
        using var device = Device.Cpu(threads: 1);
        var model = Model(device, "llama");
        Assert.Contains("can't be talked to", Assert.Throws<ArgumentException>(() => new ChatGenerator(model, new ByteTokenizer())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ReplyOptions { MaxTokens = 0 }.Validate());
        Assert.Throws<ArgumentException>(() => new ReplyOptions { Rows = 0 }.Validate());
        Assert.Throws<OperationCanceledException>(() => new ChatGenerator(model, s_tokenizer).Reply(s_conversations, cancellation: new CancellationToken(true)));
        Assert.Empty(Replies(model, new ReplyOptions()));
    }

    private static Conversation Asked(string text) => new([new Message(Message.User, text)]);

    private static Gpt Model(Device device, string preset, int context = 64) =>
        TinyModels.Create(TinyModels.Config(preset, s_tokenizer.VocabularySize) with { ContextLength = context }, device);

    private static IReadOnlyList<GeneratedReply> Replies(Gpt model, ReplyOptions options, params Conversation[] conversations) =>
        new ChatGenerator(model, s_tokenizer, options: options).Reply(conversations, cancellation: TestContext.Current.CancellationToken);

    private static string[] Reply(Gpt model, ReplyOptions options) =>
        [.. Replies(model, options, s_conversations)
            .Select(reply => $"{reply.End} {reply.Tokens} {string.Join('|', reply.Message.Parts)}")];

    private static string Text(MessagePart part) => part switch
    {
        TextPart text => text.Text,
        PythonPart call => call.Code,
        OutputPart output => output.Text,
        _ => "",
    };

    private static ReplyInMaking Making(ReplyOptions options)
    {
        var reply = new ReplyInMaking(s_tokenizer, s_template, [1, 2], options, new Sampler(options.Sampler, new MersenneTwister(1)));
        Assert.Equal([1, 2], ReadAll(reply));
        return reply;
    }

    /// <summary>Has the model choose texts and special tokens.</summary>
    private static void Write(ReplyInMaking reply, params string[] pieces)
    {
        foreach (var id in pieces.SelectMany(Ids))
        {
            ReadAll(reply);
            var scores = new double[s_tokenizer.VocabularySize];
            scores[id] = 1;
            reply.Choose(scores);
        }
    }

    private static int[] Ids(string piece) => s_tokenizer.SpecialTokens.TryGetValue(piece, out var id) ? [id] : s_tokenizer.Encode(piece);

    private static int[] ReadAll(ReplyInMaking reply)
    {
        var ids = new int[reply.Unread];
        reply.Read(ids);
        return ids;
    }
}
