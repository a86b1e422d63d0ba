using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

/// <summary>Templates of published models, told by their text; the texts here are written in the manner of several models.</summary>
public sealed class ChatTemplateRecognitionTests
{
    public static TheoryData<string> Own { get; } =
    [
        .. ((ChatTemplate[])[new ChatMlTemplate(), new ChatMlTemplate("It's a \"test\" \\ of\ntwo lines"), new ChatMlTemplate(null, hasTools: false), new NanochatTemplate(), new Llama3Template()])
            .Select(template => template.Jinja),
    ];

    [Theory]
    [MemberData(nameof(Own))]
    public void Our_own_are_recognised_as_themselves(string jinja) => Assert.Equal(jinja, ChatTemplate.Recognize(jinja).Jinja);

    [Theory]
    [InlineData("{% for m in messages %}{{'<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}", null, false)]
    [InlineData("{% for m in messages %}{% if loop.first and m.role != 'system' %}{{ '<|im_start|>system\\nYou are kind.<|im_end|>\\n' }}{% endif %}{{ '<|im_start|>' ~ m.role ~ '\\n' ~ m.content ~ '<|im_end|>\\n' }}{% endfor %}{{ '<|im_start|>assistant\\n' }}", "You are kind.", false)]
    [InlineData("{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n", null, false)]
    [InlineData("{% if a %}{{ '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}{% else %}{{ \"<|im_start|>system\\nI'm \\\"B\\\".<|im_end|>\\n\" }}{% endif %}<tool_call>{{ '<|im_start|>assistant\\n' }}", "I'm \"B\".", true)]
    [InlineData("<|im_start|>system\nPlain, C.<|im_end|>\n<|im_start|>system\n{{ x }}<|im_end|>\n<|im_start|>assistant\n", "Plain, C.", false)]
    public void ChatML_comes_in_several_manners(string jinja, string? system, bool hasTools)
    {
        var template = Assert.IsType<ChatMlTemplate>(ChatTemplate.Recognize(jinja));
        Assert.Equal((system, hasTools), (template.DefaultSystem, template.HasTools));
    }

    [Fact]
    public void Llama_3_may_name_its_first_token_by_a_variable() =>
        Assert.IsType<Llama3Template>(ChatTemplate.Recognize(
            "{% for m in messages %}{% set c = '<|start_header_id|>' + m['role'] + '<|end_header_id|>\\n\\n' + m['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set c = bos_token + c %}{% endif %}{{ c }}{% endfor %}"));

    [Fact]
    public void The_published_50M_is_ChatML_with_its_system_text()
    {
        using var config = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(TestFiles.DataSet("microgpt50m-tokenizer_config.json")));
        var template = Assert.IsType<ChatMlTemplate>(ChatTemplate.Recognize(config.RootElement.GetProperty("chat_template").GetString()!));
        Assert.Equal(("You are a helpful assistant", true), (template.DefaultSystem, template.HasTools));
    }

    [Theory]
    [InlineData("", "it is of another kind")]
    [InlineData("[INST] {{ messages[0].content }} [/INST]", "it is of another kind")]
    [InlineData("<|im_start|>assistant\n<|im_end|>\n<|vision_start|>", "it writes <|vision_start|>, which the ChatML form does not have")]
    [InlineData("<|im_start|>assistant\n{{ m.content.split('</think>')[-1] }}<|im_end|>\n", "it takes the reasoning out of earlier answers")]
    [InlineData("<|im_start|>assistant\n{{ m.content | trim }}<|im_end|>\n", "it removes white space from messages")]
    [InlineData("{{ bos_token }}<|im_start|>assistant\n<|im_end|>\n", "it begins with a token of its own")]
    [InlineData("<|im_start|>assistant\n<|im_end|>", "it ends a turn without a line break")]
    [InlineData("<|im_start|>assistant: <|im_end|>\n", "it does not open the assistant's turn as ChatML does")]
    [InlineData("<|im_start|>system\nA<|im_end|>\n<|im_start|>system\nB<|im_end|>\n<|im_start|>assistant\n", "it has several system texts to choose from")]
    [InlineData("<|im_start|>system\nI'm a test<|im_end|>\n<|im_start|>assistant\n", "its system text can't be made out")]
    [InlineData("<|begin_of_text|><|start_header_id|><|end_header_id|><|eot_id|>{{ strftime_now('%d') }}", "it writes the date")]
    public void Others_are_refused_with_the_reason(string jinja, string reason) =>
        Assert.StartsWith(
            $"This model's chat template can't be followed: {reason}.",
            Assert.Throws<InvalidDataException>(() => ChatTemplate.Recognize(jinja)).Message,
            StringComparison.Ordinal);
}
