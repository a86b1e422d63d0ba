using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

/// <summary>What each template writes, and what of it is learned.</summary>
public sealed class ChatTemplateTests
{
    private static readonly ChatTemplate[] s_all = [new ChatMlTemplate(), new NanochatTemplate(), new Llama3Template()];

    [Fact]
    public void ChatML_marks_every_message() =>
        Renders(
            new ChatMlTemplate(),
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n[Hello<|im_end|>]\n",
            new("system", "Be brief."), new("user", "Hi"), new("assistant", "Hello"));

    [Fact]
    public void ChatML_puts_the_default_system_text_first() =>
        Renders(
            new ChatMlTemplate("You are a helpful assistant"),
            "<|im_start|>system\nYou are a helpful assistant<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n[Hello<|im_end|>]\n",
            new("user", "Hi"), new("assistant", "Hello"));

    [Fact]
    public void ChatML_learns_calls_of_tools_and_not_their_outputs() =>
        Renders(
            new ChatMlTemplate(),
            "<|im_start|>user\nWhen?<|im_end|>\n"
            + "<|im_start|>assistant\n[<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call><|im_end|>]\n"
            + "<|im_start|>user\n<tool_response>\nnoon\n</tool_response><|im_end|>\n"
            + "<|im_start|>assistant\n[At noon.<|im_end|>]\n",
            new("user", "When?"), new("assistant", [new ToolCallPart("now", "{}")]), new("tool", "noon"), new("assistant", "At noon."));

    [Fact]
    public void ChatML_turns_outputs_within_an_answer_into_turns() =>
        Renders(
            new ChatMlTemplate(),
            "<|im_start|>user\n6 * 7?<|im_end|>\n"
            + "<|im_start|>assistant\n[Well:\n<tool_call>\n{\"name\": \"python\", \"arguments\": {\"code\": \"6 * 7\"}}\n</tool_call><|im_end|>]\n"
            + "<|im_start|>user\n<tool_response>\n42\n</tool_response><|im_end|>\n"
            + "<|im_start|>assistant\n[42!<|im_end|>]\n",
            new("user", "6 * 7?"), new("assistant", [new TextPart("Well:"), new PythonPart("6 * 7"), new OutputPart("42"), new TextPart("42!")]));

    [Fact]
    public void Nanochat_merges_the_system_text_into_the_first_question() =>
        Renders(
            new NanochatTemplate(),
            "<|bos|><|user_start|>Be brief.\n\nHi<|user_end|><|assistant_start|>[Hello<|assistant_end|>]"
            + "<|user_start|>Bye<|user_end|><|assistant_start|>[Bye<|assistant_end|>]",
            new("system", "Be brief."), new("user", "Hi"), new("assistant", "Hello"), new("user", "Bye"), new("assistant", "Bye"));

    [Fact]
    public void Nanochat_learns_blocks_of_Python_and_not_their_outputs() =>
        Renders(
            new NanochatTemplate(),
            "<|bos|><|user_start|>6 * 7?<|user_end|><|assistant_start|>[Well:<|python_start|>6 * 7<|python_end|>]"
            + "<|output_start|>42<|output_end|>[42!<|assistant_end|>]",
            new("user", "6 * 7?"), new("assistant", [new TextPart("Well:"), new PythonPart("6 * 7"), new OutputPart("42"), new TextPart("42!")]));

    [Fact]
    public void Nanochat_takes_an_output_as_a_message_too() =>
        Renders(
            new NanochatTemplate(),
            "<|bos|><|user_start|>6 * 7?<|user_end|><|assistant_start|>[<|python_start|>6 * 7<|python_end|>]<|output_start|>42<|output_end|>[42!<|assistant_end|>]",
            new("user", "6 * 7?"), new("assistant", [new PythonPart("6 * 7")]), new("tool", "42"), new("assistant", "42!"));

    [Fact]
    public void Llama_3_takes_away_white_space_around_messages() =>
        Renders(
            new Llama3Template(),
            "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n[Hello<|eot_id|>]",
            new("user", " Hi\n"), new("assistant", "\nHello "));

    [Fact]
    public void The_prompt_opens_the_assistants_turn()
    {
        var conversation = new Conversation([new("user", "Hi")]);
        Assert.Equal("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", Prompt(new ChatMlTemplate(), conversation));
        Assert.Equal("<|bos|><|user_start|>Hi<|user_end|><|assistant_start|>", Prompt(new NanochatTemplate(), conversation));
        Assert.Equal(
            "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
            Prompt(new Llama3Template(), conversation));
    }

    [Fact]
    public void Behind_a_tools_output_nanochats_answer_goes_on() =>
        Assert.Equal(
            "<|bos|><|user_start|>6 * 7?<|user_end|><|assistant_start|><|python_start|>6 * 7<|python_end|><|output_start|>42<|output_end|>",
            Prompt(new NanochatTemplate(), new Conversation([new("user", "6 * 7?"), new("assistant", [new PythonPart("6 * 7")]), new("tool", "42")])));

    [Fact]
    public void Text_never_becomes_a_special_token()
    {
        foreach (var template in s_all)
        {
            var tokenizer = new ByteTokenizer(template.SpecialTokens);
            var attack = string.Concat(template.SpecialTokens);
            var harmless = new string('x', attack.Length);
            int Specials(string text)
            {
                var conversation = new Conversation([new("system", text), new("user", text), new("assistant", text), new("user", text)]);
                var tokens = template.Encode(conversation, tokenizer);
                Assert.Equal(tokens.Ids.Length, tokens.LossMask.Length);
                return tokens.Ids.Count(id => id >= 256);
            }

            Assert.Equal(Specials(harmless), Specials(attack));
        }
    }

    [Fact]
    public void What_is_learned_continues_the_prompt()
    {
        var conversation = new Conversation(
        [
            new("system", "s"), new("user", "a"), new("assistant", "\n\nb"), new("user", "c"), new("assistant", " d"),
        ]);
        foreach (var template in s_all)
        {
            var tokenizer = new ByteTokenizer(template.SpecialTokens);
            var (ids, mask) = template.Encode(conversation, tokenizer);
            for (var count = 2; count <= 4; count += 2)
            {
                var prompt = template.EncodePrompt(new Conversation([.. conversation.Messages.Take(count)]), tokenizer);
                Assert.Equal(prompt, ids[..prompt.Length]);
                Assert.False(mask[prompt.Length - 1]);
                Assert.True(mask[prompt.Length]);
                var answer = ids[prompt.Length..(prompt.Length + mask[prompt.Length..].TakeWhile(learned => learned).Count())];
                Assert.Equal(tokenizer.SpecialTokens[template.EndOfTurn], answer[^1]);
            }
        }
    }

    [Fact]
    public void What_a_template_cannot_do_is_said()
    {
        var tools = new Conversation([new("user", "a"), new("assistant", [new ToolCallPart("now", "{}")]), new("tool", "noon"), new("assistant", "b")]);
        Fails("The nanochat form has no place for the call of a named tool; its only tool is a block of Python.", new NanochatTemplate(), tools);
        Fails("The Llama 3 form has no place for tools.", new Llama3Template(), tools);
        Fails("The ChatML form has no place for tools in this model's template.", new ChatMlTemplate(hasTools: false), tools);
        Fails("there is nothing to learn from it.", new ChatMlTemplate(), new Conversation([new("user", "a")]));
        var said = Assert.Throws<ArgumentException>(() => new ChatMlTemplate().EncodePrompt(tools, new ByteTokenizer("<|im_start|>", "<|im_end|>"))).Message;
        Assert.Contains("The assistant has spoken last", said, StringComparison.Ordinal);
        said = Assert.Throws<ArgumentException>(() => new ChatMlTemplate().Encode(tools, new ByteTokenizer("<|im_start|>"))).Message;
        Assert.Contains("The tokenizer has no special token <|im_end|>", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizers_special_tokens_tell_its_template()
    {
        foreach (var template in s_all)
            Assert.IsType(template.GetType(), ChatTemplate.For(new ByteTokenizer(["<|endoftext|>", .. template.SpecialTokens])));
        Assert.Null(ChatTemplate.For(new ByteTokenizer("<|im_start|>", "<|bos|>")));
    }

    private static void Fails(string sentence, ChatTemplate template, Conversation conversation) =>
        Assert.Contains(
            sentence,
            Assert.Throws<ArgumentException>(() => template.Encode(conversation, new ByteTokenizer(template.SpecialTokens))).Message,
            StringComparison.Ordinal);

    private static string Prompt(ChatTemplate template, Conversation conversation)
    {
        var tokenizer = new ByteTokenizer(template.SpecialTokens);
        return tokenizer.Decode(template.EncodePrompt(conversation, tokenizer), withSpecial: true);
    }

    /// <summary>Asserts what a conversation becomes; what is learned stands in square brackets.</summary>
    private static void Renders(ChatTemplate template, string expected, params Message[] messages)
    {
        var tokenizer = new ByteTokenizer(template.SpecialTokens);
        var (ids, mask) = template.Encode(new Conversation(messages), tokenizer);
        var text = "";
        for (int start = 0, end; start < ids.Length; start = end)
        {
            for (end = start + 1; end < ids.Length && mask[end] == mask[start]; end++)
            {
            }

            var piece = tokenizer.Decode(ids[start..end], withSpecial: true);
            text += mask[start] ? $"[{piece}]" : piece;
        }

        Assert.Equal(expected, text);
    }
}
