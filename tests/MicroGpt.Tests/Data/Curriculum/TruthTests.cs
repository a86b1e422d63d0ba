using System.Globalization;
using System.Text.RegularExpressions;
using MicroGpt.Data.Curriculum;

namespace MicroGpt.Tests.Data.Curriculum;

/// <summary>What the curriculum teaches is true: everything is computed once more from what the person says.</summary>
public sealed partial class TruthTests(WrittenCurriculum curriculum) : IClassFixture<WrittenCurriculum>
{
    [Theory]
    [InlineData("arithmetic")]
    [InlineData("arithmetic-zh")]
    public void Sums_are_right_and_calculated_from_the_numbers_in_the_question(string skill)
    {
        var count = 0;
        foreach (var (prompt, text, call, output) in curriculum.FirstExchanges(skill))
        {
            Assert.NotNull(call);
            var numbers = Numbers(call);
            Assert.Equal(Value(call), long.Parse(output!, CultureInfo.InvariantCulture));
            Assert.Equal(output, Numbers(text)[^1]);
            Assert.Equal(numbers.Order(), Numbers(prompt).Order());
            count++;
        }

        Assert.True(count > 100, $"{count} examples");
    }

    [Fact]
    public void Sums_in_signs_and_words_keep_their_operator()
    {
        var signs = new Dictionary<string, char> { ["plus"] = '+', ["minus"] = '-', ["times"] = '*', ["divided by"] = '/', ["+"] = '+', ["-"] = '-', ["*"] = '*', ["/"] = '/' };
        var checkedSums = 0;
        foreach (var (prompt, _, call, _) in curriculum.FirstExchanges("arithmetic"))
            if (Sum().Match(prompt) is { Success: true } sum && Numbers(call!).Length == 2)
            {
                Assert.Equal($"{sum.Groups[1].Value}{signs[sum.Groups[2].Value]}{sum.Groups[3].Value}", call);
                checkedSums++;
            }

        Assert.True(checkedSums > 150);
    }

    [Fact]
    public void Letters_are_spelled_and_counted_right()
    {
        var (spelled, counted, measured) = (0, 0, 0);
        foreach (var (prompt, text, _, _) in curriculum.FirstExchanges("spelling"))
        {
            var word = Quoted().Match(prompt).Groups[1].Value;
            Assert.NotEmpty(word);
            if (CountedLetter().Match(prompt) is { Success: true } asked)
            {
                var letter = asked.Groups[1].Value[0];
                var count = word.Count(each => each == letter);
                Assert.EndsWith($"So the letter {letter} appears {count} time{(count == 1 ? "" : "s")}.", text);
                Assert.StartsWith(string.Join(' ', word.Select((each, i) => $"{each}{word[..(i + 1)].Count(one => one == letter)}")) + ".", text);
                counted++;
            }
            else if (text.Contains("letters", StringComparison.Ordinal))
            {
                Assert.EndsWith($"So there are {word.Length} letters.", text);
                measured++;
            }
            else
            {
                Assert.Equal(string.Join(' ', word.ToCharArray()), text);
                spelled++;
            }
        }

        Assert.True(spelled > 100 && counted > 100 && measured > 50, $"{spelled}, {counted}, {measured}");
    }

    [Fact]
    public void Chinese_characters_are_written_and_counted_right()
    {
        foreach (var (prompt, text, _, _) in curriculum.FirstExchanges("spelling-zh"))
        {
            var words = ChineseQuoted().Match(prompt).Groups[1].Value;
            if (text.Contains('。', StringComparison.Ordinal))
                Assert.EndsWith($"一共有{words.Length}个字。", text);
            else
                Assert.Equal(words, text.Replace(" ", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Passages_say_what_is_quoted_or_do_not_say_it()
    {
        // What is asked and how a passage tells it: written here once more, from reading the examples.
        (string Asked, string Told)[] facts =
        [
            ("What does (.+) have", "^{0} has "), ("What thing does (.+) have", "^{0} has "), ("here does (.+) live", "^{0} lives "), ("Near which place does (.+) live", "^{0} lives "),
            ("What does (.+) like to eat", "^{0} likes "), ("Which food does (.+) like", "^{0} likes "), ("What does (.+) work as", "^{0} works "), ("What is (.+)'s job", "^{0} works "),
            ("animal does (.+) keep", "^{0} keeps "), ("How old is (.+)\\?", "^{0} is \\d"), ("What is (.+)'s age", "^{0} is \\d"), ("was (.+) born", "^{0} was born "), ("did (.+) hide", "^{0} hid "),
            ("What did (.+) lose", "^{0} lost "), ("did (.+) pay", "^{0} paid "), ("color did (.+) paint", "^{0} painted "), ("Where did (.+) go", "^{0} went "),
        ];
        var (there, missing) = (0, 0);
        foreach (var (prompt, text, _, _) in curriculum.FirstExchanges("passages"))
        {
            var question = Sentence().Matches(prompt).Select(match => match.Value).Single(sentence => sentence.EndsWith('?'));
            var told = facts.Where(fact => Regex.IsMatch(question, fact.Asked)).Select(fact => (fact.Told, Name: Regex.Match(question, fact.Asked).Groups[1].Value)).First();
            var pattern = string.Format(CultureInfo.InvariantCulture, told.Told, told.Name);
            var answers = Sentence().Matches(prompt).Select(match => match.Value.Trim()).Where(sentence => Regex.IsMatch(sentence, pattern)).ToArray();
            if (text.EndsWith(" ... The passage does not say.", StringComparison.Ordinal))
            {
                Assert.Matches(told.Told.Split(told.Told.Contains(" \\d", StringComparison.Ordinal) ? " \\d" : "$")[0].Replace("^{0}", $"^Let me see: {told.Name}", StringComparison.Ordinal).TrimEnd(), text);
                Assert.Empty(answers);
                missing++;
            }
            else
            {
                var form = Regex.Match(text, "^Let me see: (.+) Answer: (.+)\\.$");
                Assert.Equal([form.Groups[1].Value], answers);
                Assert.Contains(form.Groups[2].Value.Replace(" years old", "", StringComparison.Ordinal), form.Groups[1].Value, StringComparison.Ordinal);
                there++;
            }
        }

        Assert.InRange(missing / (double)(missing + there), 0.35, 0.45);
        Assert.True(there > 300);
    }

    [Theory]
    [InlineData("passages", "^Let me see: (.+) Answer: (.+)\\.$", "^Let me see: (.+) \\.\\.\\. The passage does not say\\.$")]
    [InlineData("passages-zh", "^(.+)答案：(.+)。$", "^(.+)……短文里没有说。$")]
    public void Further_questions_about_a_passage_are_answered_from_it(string skill, string quoted, string missed)
    {
        var (there, missing) = (0, 0);
        foreach (var exchanges in curriculum.Lines(CurriculumPart.Train, skill).Select(WrittenCurriculum.Exchanges))
        {
            var passage = exchanges[0].Prompt.Split(["Passage: ", "Read: ", "Text: ", "短文：", "阅读：", "读短文，回答问题。"], StringSplitOptions.None)[^1];
            Assert.Equal(exchanges.Length, exchanges.Select(exchange => exchange.Text).Distinct().Count());
            foreach (var (prompt, text, _, _) in exchanges[1..])
            {
                if (Regex.Match(text, missed) is { Success: true } form)
                {
                    Assert.DoesNotContain(form.Groups[1].Value + (skill == "passages" ? " " : ""), passage.Replace(prompt, "", StringComparison.Ordinal), StringComparison.Ordinal);
                    missing++;
                }
                else
                {
                    form = Regex.Match(text, quoted);
                    Assert.Contains(form.Groups[1].Value, passage, StringComparison.Ordinal);
                    Assert.Contains(form.Groups[2].Value.Replace(" years old", "", StringComparison.Ordinal).TrimEnd('元'), form.Groups[1].Value, StringComparison.Ordinal);
                    there++;
                }
            }
        }

        Assert.True(there > 30 && missing > 20, $"{there}, {missing}");
        Assert.All(curriculum.Lines(CurriculumPart.Test, skill), line => Assert.Single(WrittenCurriculum.Exchanges(line)));
    }

    [Fact]
    public void Chinese_passages_hold_what_is_quoted()
    {
        foreach (var (prompt, text, _, _) in curriculum.FirstExchanges("passages-zh").Where(exchange => !exchange.Text.EndsWith("……短文里没有说。", StringComparison.Ordinal)))
        {
            var form = Regex.Match(text, "^(.+)答案：(.+)。$");
            Assert.Contains(form.Groups[1].Value, prompt, StringComparison.Ordinal);
            Assert.Contains(form.Groups[2].Value.TrimEnd('元'), form.Groups[1].Value, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("tools")]
    [InlineData("tools-zh")]
    public void Tools_are_called_for_what_they_know_and_their_output_is_told(string skill)
    {
        var calls = new Dictionary<string, int>();
        foreach (var (prompt, text, call, output) in curriculum.FirstExchanges(skill))
        {
            var form = Regex.Match(call ?? "none", "^(?:([a-z]+)(?:\\((?:\"(.+)\")?\\))?|[-0-9+*/]+)$");
            Assert.True(form.Success, call);
            var tool = form.Groups[1].Success ? form.Groups[1].Value : "calculator";
            calls[tool] = calls.GetValueOrDefault(tool) + 1;
            Assert.Contains(form.Groups[2].Value, prompt, StringComparison.Ordinal);
            if (tool == "calculator")
                Assert.Equal(Value(call!), long.Parse(output!, CultureInfo.InvariantCulture));
            if (output is not (null or "nothing found" or "没有找到"))
                Assert.Contains(output, text, StringComparison.Ordinal);
        }

        Assert.Equal(["calculator", "clock", "date", "none", "notes", "weather"], calls.Keys.Order());
        Assert.True(calls.Values.Min() * 3 > calls.Values.Max(), "One tool is asked for much more often than another.");
    }

    [Fact]
    public void Praise_is_positive_and_blame_negative()
    {
        string[] praise = ["wonderful", "excellent", "lovely", "very kind", "very pleased"], blame = ["terrible", "awful", "horrible", "very rude", "very angry"];
        foreach (var (prompt, text, _, _) in curriculum.FirstExchanges("sentiment"))
        {
            if (praise.Any(word => prompt.Contains(word, StringComparison.Ordinal)))
                Assert.Equal("Positive.", text);
            if (blame.Any(word => prompt.Contains(word, StringComparison.Ordinal)))
                Assert.Equal("Negative.", text);
        }
    }

    [Theory]
    [InlineData("summaries")]
    [InlineData("summaries-zh")]
    public void Summaries_name_only_who_is_in_the_report(string skill)
    {
        foreach (var (prompt, text, _, _) in curriculum.FirstExchanges(skill))
            foreach (Match name in Regex.Matches(text, "[A-Z][a-z]+"))
                Assert.Contains(name.Value, prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("world-questions", "world")]
    [InlineData("world-questions-zh", "world-zh")]
    public void The_world_is_one(string questions, string documents)
    {
        var answers = new Dictionary<string, string>();
        foreach (var (prompt, text, _, _) in curriculum.FirstExchanges(questions))
        {
            Assert.Equal(answers.GetValueOrDefault(prompt, text), text);
            answers[prompt] = text;
        }

        // Whom documents call someone's friend is the one that questions are answered with.
        var told = string.Join('\n', curriculum.Lines(0, documents).Select(WrittenCurriculum.Text));
        foreach (var answer in answers.Values.Distinct())
            if (Regex.Match(answer, "^(.+)(?:'s friend is |的朋友是)(.+?)[.。]$") is { Success: true } friends)
            {
                var (one, other) = (friends.Groups[1].Value, friends.Groups[2].Value);
                Assert.Matches($"{one} is a friend of {other}|{other} and {one} are friends|best friend of {one} is {other}|{one}的朋友是{other}|{one}和{other}是好朋友", told);
                Assert.DoesNotMatch($"{one} is a friend of (?!{other})|best friend of {one} is (?!{other})|{one}的朋友是(?!{other})", told);
            }
    }

    /// <summary>A value by the schoolbook: products first, from left to right.</summary>
    private static long Value(string expression)
    {
        var sum = 0L;
        foreach (Match term in Regex.Matches(expression, @"([+-]?)(\d+(?:[*/]\d+)*)"))
        {
            var factors = Regex.Matches(term.Groups[2].Value, @"([*/]?)(\d+)");
            var product = 1L;
            foreach (Match factor in factors)
            {
                var number = long.Parse(factor.Groups[2].Value, CultureInfo.InvariantCulture);
                Assert.True(factor.Groups[1].Value != "/" || product % number == 0, expression);
                product = factor.Groups[1].Value == "/" ? product / number : product * number;
            }

            sum += term.Groups[1].Value == "-" ? -product : product;
        }

        return sum;
    }

    private static string[] Numbers(string text) => [.. Regex.Matches(text, "[0-9]+").Select(match => match.Value)];

    [GeneratedRegex(@"(\d+) ?(plus|minus|times|divided by|[-+*/]) ?(\d+)")]
    private static partial Regex Sum();

    [GeneratedRegex("\"([a-z]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("“(.+)”")]
    private static partial Regex ChineseQuoted();

    [GeneratedRegex(@"(?:letter |see |many )([a-z])(?:'s| |$)")]
    private static partial Regex CountedLetter();

    [GeneratedRegex(@"(?<=^|[.?:\n])[^.?:\n]+[.?]")]
    private static partial Regex Sentence();
}
