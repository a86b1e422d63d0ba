using System.Globalization;
using System.Text;
using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>
/// Spelling words and counting letters. Counting is done aloud, a running count behind each letter, since a small model can
/// count by one but not at a glance: <c>b0 a1 n1 a2 n2 a3. So the letter a appears 3 times.</c>
/// </summary>
internal sealed class Spelling(double weight) : Skill("spelling", "en", weight)
{
    private static readonly Template[] s_spell = All(
        "How do [you|I] spell \"{word}\"?", "Can you spell \"{word}\"?", "Please spell \"{word}\".", "Spell \"{word}\".", "Spell the word \"{word}\"[.|, please.]", "[Give me|List|Write|Say] the letters of \"{word}\".", "What are the letters of \"{word}\"?", "Write \"{word}\" letter by letter.", "How is \"{word}\" spelled?");

    private static readonly Template[] s_count = All(
        "How many times does the letter {letter} [appear|occur] in \"{word}\"?", "How many {letter}'s are [there |]in \"{word}\"?", "How often is the letter {letter} in \"{word}\"?", "Count the letter {letter} in \"{word}\".", "How many times do you see {letter} in \"{word}\"?");

    private static readonly Template[] s_length = All(
        "How many letters are [there |]in \"{word}\"?", "How many letters does [the word |]\"{word}\" have?", "How long is [the word |]\"{word}\"?", "Count the letters of \"{word}\".", "How many letters has [the word |]\"{word}\"?");

    private static readonly Fillers[] s_lists =
    [
        SpellingWords.Words, SpellingWords.Words, EnglishWords.Things, EnglishWords.Animals, EnglishWords.Foods, EnglishWords.Places, EnglishWords.Jobs,
    ];

    public override string Description => "spelling words, counting a letter in a word, counting a word's letters";

    public override string ScoredBy => "spelling: the reply's single letters are the word's; counting: the last number in the reply is right";

    public override double GoesOn => 0.3;

    public override Example Next(Draw draw)
    {
        var word = draw.Chance(draw.Part == CurriculumPart.Test ? 0.4 : 0.6) ? InventedWords.Next(draw) : draw.Pick(draw.Pick(s_lists));
        var scene = new Scene(draw, EnglishWords.Lexicon) { ["word"] = word };
        return draw.Index(5) switch
        {
            0 or 1 => Spelled(scene, word),
            2 or 3 => Counted(scene, word),
            _ => Measured(scene, word),
        };
    }

    private static Example Spelled(Scene scene, string word) =>
        new(scene.Say(s_spell), Example.Say(string.Join(' ', word.AsEnumerable())), ScoringRule.Letters, [word]);

    private static Example Counted(Scene scene, string word)
    {
        // Mostly a letter of the word; now and then one that may not be in it.
        var letter = scene.Draw.Chance(0.85) ? word[scene.Draw.Index(word.Length)] : (char)('a' + scene.Draw.Index(26));
        scene["letter"] = letter.ToString();
        var aloud = new StringBuilder();
        var count = 0;
        foreach (var each in word)
            aloud.Append(each).Append(each == letter ? ++count : count).Append(' ');
        return Numbered(scene.Say(s_count), aloud, count, $"So the letter {letter} appears {English.Count(count, "time")}.");
    }

    private static Example Measured(Scene scene, string word)
    {
        var aloud = new StringBuilder();
        for (var i = 0; i < word.Length; i++)
            aloud.Append(word[i]).Append(i + 1).Append(' ');
        return Numbered(scene.Say(s_length), aloud, word.Length, $"So there are {word.Length} letters.");
    }

    private static Example Numbered(string prompt, StringBuilder aloud, int count, string conclusion)
    {
        aloud[^1] = '.';
        return new(prompt, Example.Say($"{aloud} {conclusion}"), ScoringRule.Number, [count.ToString(CultureInfo.InvariantCulture)]);
    }
}
