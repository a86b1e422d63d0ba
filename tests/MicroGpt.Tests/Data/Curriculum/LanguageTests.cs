using System.Text.RegularExpressions;
using MicroGpt.Data.Curriculum;
using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;

namespace MicroGpt.Tests.Data.Curriculum;

public sealed class LanguageTests
{
    [Theory]
    [InlineData("kite", "a kite", "kites")]
    [InlineData("egg", "an egg", "eggs")]
    [InlineData("cherry", "a cherry", "cherries")]
    [InlineData("monkey", "a monkey", "monkeys")]
    [InlineData("box", "a box", "boxes")]
    [InlineData("peach", "a peach", "peaches")]
    [InlineData("mouse", "a mouse", "mice")]
    [InlineData("compass", "a compass", "compasses")]
    [InlineData("old shelf", "an old shelf", "old shelves")]
    public void Articles_and_plurals(string noun, string withArticle, string plural)
    {
        Assert.Equal(withArticle, English.WithArticle(noun));
        Assert.Equal(plural, English.Plural(noun));
    }

    [Fact]
    public void A_template_has_choices_and_gaps_that_stay_filled()
    {
        var scene = new Scene(new Draw(1, CurriculumPart.Train), EnglishWords.Lexicon) { ["thing"] = "umbrella" };
        Assert.Equal("An umbrella, umbrellas, umbrella, an umbrella.", scene.Say("{^a thing}, {s thing}, {thing}, {a thing}."));
        Template choices = "[one[ and two|]|three]";
        var said = Enumerable.Range(0, 100).Select(_ => scene.Say(choices)).Distinct().Order();
        Assert.Equal(["one", "one and two", "three"], said);
    }

    [Fact]
    public void No_word_comes_twice_in_a_scene()
    {
        for (var seed = 0UL; seed < 200; seed++)
        {
            var scene = new Scene(new Draw(seed, CurriculumPart.Test), EnglishWords.Lexicon);
            var words = scene.Say("{thing} {thing2} {thing3} {color} {color2} {animal} {animal2}").Split(' ');
            Assert.Equal(7, words.Distinct().Count());
        }
    }

    [Theory]
    [InlineData("[one")]
    [InlineData("one]")]
    [InlineData("one|two")]
    [InlineData("{thing")]
    public void A_template_that_is_not_closed_is_refused(string text) => Assert.Throws<ArgumentException>(() => new Template(text));

    [Fact]
    public void Pronouns_agree_with_names()
    {
        for (var seed = 0UL; seed < 100; seed++)
        {
            var words = new Scene(new Draw(seed, CurriculumPart.Train), EnglishWords.Lexicon).Say("{hero} {hero.he} {hero.his} {hero.him} {hero.himself}").Split(' ');
            Assert.Equal(EnglishWords.Girls.Training.Contains(words[0]) ? ["she", "her", "her", "herself"] : ["he", "his", "him", "himself"], words[1..]);
        }
    }

    [Fact]
    public void No_word_is_both_for_training_and_held_out()
    {
        foreach (var lexicon in (Lexicon[])[EnglishWords.Lexicon, ChineseWords.Lexicon])
        {
            var training = lexicon.All.SelectMany(fillers => fillers.Training).ToHashSet();
            var both = lexicon.All.SelectMany(fillers => fillers.HeldOut).Where(training.Contains);
            Assert.Empty(both);
            Assert.All(lexicon.All, fillers => Assert.Equal(fillers.Training.Count, fillers.Training.Distinct().Count()));
            Assert.All(lexicon.All, fillers => Assert.True(fillers.HeldOut.Count >= 5));
        }

        Assert.Empty(SpellingWords.Words.Training.Intersect(SpellingWords.Words.HeldOut));
    }

    [Fact]
    public void English_examples_have_the_marks_of_clean_text()
    {
        foreach (var skill in CurriculumSkills.Of(2).Where(skill => skill.Language == "en" && skill.Name != "spelling")) // in which "a" is a letter
        {
            var draw = new Draw(3, CurriculumPart.Train);
            for (var i = 0; i < 1000; i++)
            {
                var example = skill.Next(draw);
                foreach (var text in (string[])[example.Prompt, example.Reply.Text])
                {
                    Assert.DoesNotMatch(@"  |\s$|^\s|[{}\[\]|#]| [.,?!](?!\d)|=>|\.\.|[?!]\.|,\.|\ba [aeiou](?![ 0-9.])|\ban [^aeiou]|\b1 [a-z]+s\b(?<!1 is)", Regex.Replace(text, "C#|\\.NET|= \\?| \\.\\.\\.", "x", RegexOptions.None));
                    if (skill.IsText)
                        Assert.DoesNotMatch(@"[.?!]\s+[a-z]", text);
                }
            }
        }
    }
}
