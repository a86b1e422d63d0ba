using System.Text.RegularExpressions;
using MicroGpt.Data.Curriculum;
using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Skills;
using MicroGpt.Data.Curriculum.Skills.Chinese;
using MicroGpt.Data.Curriculum.Words;

namespace MicroGpt.Tests.Data.Curriculum;

/// <summary>What is held out is nowhere in what is learned from; seen in the written files, whatever the generator believes.</summary>
public sealed partial class HeldOutTests(WrittenCurriculum curriculum) : IClassFixture<WrittenCurriculum>
{
    // Sentiment's words of praise, the world's facts and the words of phrasings are in both by nature: docs/curriculum.md.
    private const int Ngram = 6;

    [Fact]
    public void No_english_word_that_is_held_out_stands_in_training_or_validation()
    {
        var words = Learned().SelectMany(text => Word().Matches(text)).Select(match => match.Value.ToLowerInvariant()).ToHashSet();
        var heldOut = EnglishWords.Lexicon.All.Append(SpellingWords.Words).SelectMany(fillers => fillers.HeldOut);
        var both = heldOut.Where(filler => words.Contains(Word().Matches(filler)[^1].Value.ToLowerInvariant()));
        Assert.Empty(both);
    }

    [Fact]
    public void No_list_of_english_words_has_for_training_what_another_holds_out()
    {
        var lists = EnglishWords.Lexicon.All.Append(SpellingWords.Words).ToArray();
        Assert.Empty(lists.SelectMany(fillers => fillers.HeldOut).Intersect(lists.SelectMany(fillers => fillers.Training)));
    }

    [Fact]
    public void No_plural_of_a_word_held_out_stands_in_training_either()
    {
        var words = Learned().SelectMany(text => Word().Matches(text)).Select(match => match.Value.ToLowerInvariant()).ToHashSet();
        var heldOut = EnglishWords.Things.HeldOut.Concat(EnglishWords.Items.HeldOut).Concat(EnglishWords.Animals.HeldOut);
        var both = heldOut.Select(English.Plural).Where(words.Contains);
        Assert.Empty(both);
    }

    [Fact]
    public void No_chinese_word_that_is_held_out_stands_in_training_or_validation()
    {
        var all = string.Join('\n', Learned());
        var both = ChineseWords.Lexicon.All.SelectMany(fillers => fillers.HeldOut).Where(filler => all.Contains(filler, StringComparison.Ordinal));
        Assert.Empty(both);
    }

    /// <summary>What was never seen can't be copied: words are held out, characters are not.</summary>
    [Fact]
    public void Every_chinese_character_of_the_test_is_one_to_learn()
    {
        var learned = Characters(CurriculumPart.Train);
        Assert.Empty(Characters(CurriculumPart.Test).Except(learned));

        static HashSet<char> Characters(CurriculumPart part)
        {
            var draw = new Draw(1, part);
            return [.. CurriculumSkills.Of(1).Where(skill => skill.Language == "zh" && !skill.IsText)
                .SelectMany(skill => Enumerable.Range(0, 3000).SelectMany(_ => skill.Next(draw).Prompt))];
        }
    }

    [Fact]
    public void No_invented_word_of_the_test_stands_in_training_or_validation()
    {
        var words = Learned().SelectMany(text => Word().Matches(text)).Select(match => match.Value.ToLowerInvariant()).ToHashSet();
        var spelled = curriculum.Lines(CurriculumPart.Test, "spelling").Select(line => Regex.Match(WrittenCurriculum.Exchanges(line)[0].Prompt, "\"([a-z]+)\"").Groups[1].Value);
        var both = spelled.Where(words.Contains);
        Assert.Empty(both);
    }

    [Theory]
    [InlineData("arithmetic")]
    [InlineData("arithmetic-zh")]
    [InlineData("passages")]
    [InlineData("passages-zh")]
    public void Numbers_are_either_learned_or_held_out(string skill)
    {
        var learned = NumbersIn(curriculum.Lines(CurriculumPart.Train, skill).Concat(curriculum.Lines(CurriculumPart.Validation, skill)));
        var heldOut = NumbersIn(curriculum.Lines(CurriculumPart.Test, skill));
        Assert.NotEmpty(heldOut);
        Assert.Empty(learned.Intersect(heldOut));

        static HashSet<string> NumbersIn(IEnumerable<string> lines) =>
            [.. lines.SelectMany(line => Number().Matches(WrittenCurriculum.Exchanges(line)[0].Prompt)).Select(match => match.Value)];
    }

    [Fact]
    public void No_question_and_no_document_stands_in_two_parts()
    {
        var seen = new Dictionary<string, CurriculumPart>();
        foreach (var part in Enum.GetValues<CurriculumPart>())
            foreach (var line in curriculum.Lines(part))
                foreach (var text in line.StartsWith("{\"text", StringComparison.Ordinal) ? [WrittenCurriculum.Text(line)] : WrittenCurriculum.Exchanges(line).Select(exchange => exchange.Prompt))
                    Assert.Equal(seen.TryAdd(text, part) ? part : seen[text], part);
    }

    [Fact]
    public void A_test_has_no_question_twice()
    {
        foreach (var file in curriculum.Files.Where(file => file.Part == CurriculumPart.Test))
        {
            var prompts = HeldOutExamples.Read(Path.Combine(curriculum.Folder, file.Path)).Select(example => example.Prompt + (example.Prompt.Length == 0 ? example.Reply.Text : "")).ToArray();
            Assert.Equal(file.Examples, prompts.Distinct().Count());
            Assert.NotEmpty(prompts);
        }
    }

    [Fact]
    public void No_six_words_in_a_row_of_a_held_out_passage_stand_in_a_learned_one()
    {
        var learned = curriculum.Lines(CurriculumPart.Train, "passages").SelectMany(Ngrams).ToHashSet();
        var both = curriculum.Lines(CurriculumPart.Test, "passages").SelectMany(Ngrams).Where(learned.Contains);
        Assert.Empty(both);
    }

    public static TheoryData<string> Dialogues() => ["identity", "small-talk"];

    [Theory]
    [MemberData(nameof(Dialogues))]
    public void Phrasings_held_out_are_made_of_words_that_are_learned(string skill)
    {
        var learned = Words(CurriculumPart.Train).Concat(EnglishWords.Girls.HeldOut).Concat(EnglishWords.Boys.HeldOut).Select(word => word.ToLowerInvariant()).ToHashSet();
        var both = Words(CurriculumPart.Test).Where(word => !learned.Contains(word.ToLowerInvariant())).Distinct();
        Assert.Empty(both);

        IEnumerable<string> Words(CurriculumPart part)
        {
            var (generator, draw) = (CurriculumSkills.Of(1).Single(one => one.Name == skill), new Draw(1, part));
            return Enumerable.Range(0, 5000).SelectMany(_ => Word().Matches(generator.Next(draw).Prompt)).Select(match => match.Value);
        }
    }

    [Fact]
    public void Every_topic_has_phrasings_held_out()
    {
        DialogueSkill[] skills = [new Identity(1), new SmallTalk(1), new ChineseIdentity(1), new ChineseSmallTalk(1)];
        Assert.All(skills.SelectMany(skill => skill.Topics), topic => Assert.True(topic.HeldOut.Length >= 4 && topic.Training.Length >= 5, topic.Answers[0]));
    }

    private IEnumerable<string> Learned() =>
        curriculum.Lines(CurriculumPart.Train).Concat(curriculum.Lines(CurriculumPart.Validation)).Select(WrittenCurriculum.Text);

    private static IEnumerable<string> Ngrams(string line)
    {
        var passage = WrittenCurriculum.Exchanges(line)[0].Prompt.Split('\n').MaxBy(part => part.Length)!;
        var words = passage.Replace("Passage: ", "", StringComparison.Ordinal).Replace("Read: ", "", StringComparison.Ordinal).Split(' ');
        return Enumerable.Range(0, Math.Max(0, words.Length - Ngram + 1)).Select(i => string.Join(' ', words[i..(i + Ngram)]));
    }

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
