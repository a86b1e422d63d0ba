using System.Text.RegularExpressions;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Tells from the text of a Jinja chat template which of our templates it is. The text is not run: what it writes is known by the
/// special tokens in it, and it is refused where it is seen to do something that ours does not.
/// (docs/decisions/0011-chat-templates.md has the reasons.)
/// </summary>
internal static partial class ChatTemplateRecognition
{
    private const string WhatIsKnown = "Known are ChatML, nanochat and Llama 3 in their plain forms (docs/tokenizers.md).";

    /// <summary>What changes the text of messages or adds to it, and why that can't be followed.</summary>
    private static readonly (string Sign, string What)[] s_unknown =
    [
        ("strftime_now", "it writes the date"),
        ("date_string", "it writes the date"),
        ("reasoning_content", "it takes the reasoning out of earlier answers"),
        ("</think>')", "it takes the reasoning out of earlier answers"),
        ("bos_token", "it begins with a token of its own"),
        ("trim", "it removes white space from messages"),
        ("strip(", "it removes white space from messages"),
        ("replace(", "it replaces parts of messages"),
    ];

    public static ChatTemplate Recognize(string jinja)
    {
        ArgumentNullException.ThrowIfNull(jinja);
        var tokens = SpecialToken().Matches(jinja).Select(match => match.Value).ToHashSet();
        ChatTemplate template;
        if (IsMadeOf(new NanochatTemplate()))
            template = new NanochatTemplate();
        else if (IsMadeOf(new Llama3Template()) || (tokens.Contains("<|start_header_id|>") && tokens.Contains("<|eot_id|>")))
            template = new Llama3Template();
        else if (IsMadeOf(new ChatMlTemplate()))
            template = ChatMl(jinja);
        else
            throw Refuse("it is of another kind");

        var others = tokens.Except(template.SpecialTokens).ToArray();
        if (others.Length > 0)
            throw Refuse($"it writes {others[0]}, which the {template.Name} form does not have");
        foreach (var (sign, what) in s_unknown)
            if (jinja.Contains(sign, StringComparison.Ordinal) && !(template is Llama3Template && sign is "bos_token" or "trim"))
                throw Refuse(what);
        return template;

        bool IsMadeOf(ChatTemplate known) => known.SpecialTokens.All(tokens.Contains);
    }

    private static ChatMlTemplate ChatMl(string jinja)
    {
        if (!AssistantOpening().IsMatch(jinja))
            throw Refuse("it does not open the assistant's turn as ChatML does");
        if (EndWithoutLineBreak().IsMatch(jinja))
            throw Refuse("it ends a turn without a line break");
        var defaults = DefaultSystem().Matches(jinja);
        if (defaults.Count + GivenSystem().Count(jinja) < SystemOpening().Count(jinja))
            throw Refuse("its system text can't be made out");
        var systems = defaults.Select(match => Unescape(match.Groups["text"].Value)).Distinct().ToArray();
        return systems.Length <= 1
            ? new ChatMlTemplate(systems.FirstOrDefault(), jinja.Contains("<tool_call>", StringComparison.Ordinal))
            : throw Refuse("it has several system texts to choose from");
    }

    private static string Unescape(string literal) =>
        EscapedCharacter().Replace(literal, match => match.Groups[1].Value switch { "n" => "\n", "t" => "\t", var character => character });

    private static InvalidDataException Refuse(string why) => new($"This model's chat template can't be followed: {why}. {WhatIsKnown}");

    [GeneratedRegex(@"<\|[^|<>]{1,64}\|>")]
    private static partial Regex SpecialToken();

    // In Jinja's strings a line break is the two characters \n; some templates have a real one.
    [GeneratedRegex(@"<\|im_start\|>assistant(\\n|\n)")]
    private static partial Regex AssistantOpening();

    // The line break may be a string of its own: '<|im_end|>' + '\n'.
    [GeneratedRegex(@"<\|im_end\|>(?!(['""]\s*[+~]\s*['""])?(\\n|\n))")]
    private static partial Regex EndWithoutLineBreak();

    [GeneratedRegex(@"<\|im_start\|>system")]
    private static partial Regex SystemOpening();

    // Followed by the end of the string, or by an expression: the text is the conversation's.
    [GeneratedRegex(@"<\|im_start\|>system(\\n|\n)(['""]|\{\{)")]
    private static partial Regex GivenSystem();

    // A text of its own: a string from its beginning, or outside of strings, where quotes would make it doubtful.
    [GeneratedRegex(
        @"(?<quote>['""])<\|im_start\|>system(\\n|\n)(?<text>(?:(?!\k<quote>)[^<\\]|\\['""\\nt])+)<\|im_end\|>"
        + @"|<\|im_start\|>system(\\n|\n)(?<text>(?:[^'""<\\{]|\\['""\\nt])+)<\|im_end\|>")]
    private static partial Regex DefaultSystem();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex EscapedCharacter();
}
