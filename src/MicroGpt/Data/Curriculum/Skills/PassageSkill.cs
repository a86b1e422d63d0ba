using MicroGpt.Data.Curriculum.Language;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>A fact of one person.</summary>
/// <param name="Told">How a passage tells it.</param>
/// <param name="Asked">How it is asked.</param>
/// <param name="Answer">The answer, in the words of the telling.</param>
internal sealed record PassageFact(Template Told, Template[] Asked, Template Answer);

/// <summary>
/// Reading a few sentences and answering from them: first the sentence, word for word, then the answer in its words; or how such a
/// sentence would begin, and that it is not there: whether the passage goes on from these words is what a small model can look up, where it
/// can't decide with its first word. What is asked for is missing either because the passage says it of others only, or because it does not know the
/// person, so that neither the name nor the question alone tells. The question stands before the passage: a model reads forward only, and
/// then it can look out for the answer while it reads.
/// </summary>
internal abstract class PassageSkill(string name, string language, double weight, Lexicon lexicon) : Skill(name, language, weight)
{
    private const int People = 3; // in a passage; a fourth is the stranger
    private const double NotThereShare = 0.4;
    private const int MostFollowing = 4; // further questions about a passage; with more it would outgrow rows of 192 tokens

    public override string ScoredBy =>
        $"the quotation stands in the passage and the words behind it are the expected ones; when it is not there: \"{NotThere}\"";

    /// <summary>What is said when the passage does not answer.</summary>
    protected abstract string NotThere { get; }

    protected abstract IReadOnlyList<PassageFact> Facts { get; }

    /// <summary>How a passage and a question are put together.</summary>
    protected abstract Template[] Framed { get; }

    /// <summary>What stands between two sentences.</summary>
    protected abstract string Between { get; }

    protected abstract string AnyName(Draw draw);

    /// <summary>The reply where the passage answers.</summary>
    protected abstract string Quoted(string sentence, string answer);

    /// <summary>The reply where it does not.</summary>
    /// <param name="beginning">How a sentence would begin that answered.</param>
    protected abstract string Missed(string beginning);

    public override Example Next(Draw draw) => Together(draw)[0];

    /// <summary>A question with its passage, and further ones about the same passage: what is read once is asked for several times.</summary>
    public override IReadOnlyList<Example> Together(Draw draw)
    {
        var names = new List<string>();
        while (names.Count <= People)
        {
            var name = AnyName(draw);
            if (!names.Exists(other => other.StartsWith(name, StringComparison.Ordinal) || name.StartsWith(other, StringComparison.Ordinal)))
                names.Add(name);
        }

        var told = Choose(draw);
        var scenes = told.ConvertAll(fact =>
            new Scene(draw, lexicon) { ["name"] = names[fact.Person], ["number"] = $"{draw.Number(5, 80)}" });
        var sentences = told.Select((fact, i) => scenes[i].Say(Facts[fact.Kind].Told)).ToArray();

        var first = Ask();
        var framed = new Scene(draw, lexicon) { ["passage"] = string.Join(Between, sentences), ["question"] = first.Prompt };
        var examples = new List<Example> { first with { Prompt = framed.Say(Framed) } };
        for (var more = draw.Part == CurriculumPart.Test ? 0 : 1 + draw.Index(MostFollowing); more > 0; more--)
        {
            var next = Ask();
            if (!examples.Exists(earlier => earlier.Reply.Text == next.Reply.Text))
                examples.Add(next);
        }

        return examples;

        Example Ask()
        {
            var asked = draw.Index(told.Count);
            var about = Facts[told[asked].Kind];
            if (!draw.Chance(NotThereShare))
            {
                var answer = scenes[asked].Say(about.Answer);
                return new(scenes[asked].Say(about.Asked), Example.Say(Quoted(sentences[asked], answer)), ScoringRule.Quoted, [answer]);
            }

            // The same question about someone of whom the passage does not tell it: there is the stranger at least.
            var others = Enumerable.Range(0, People + 1).Where(person => !told.Contains((person, told[asked].Kind))).ToArray();
            var missing = new Scene(draw, lexicon) { ["name"] = names[draw.Pick(others)], ["number"] = "0" };
            var question = missing.Say(about.Asked);
            var untold = missing.Say(about.Told);
            var beginning = untold[..untold.LastIndexOf(missing.Say(about.Answer), StringComparison.Ordinal)].TrimEnd();
            return new(question, Example.Say(Missed(beginning)), ScoringRule.Quoted, [NotThere]);
        }
    }

    /// <summary>
    /// Three to six pairs of a person and a kind of fact, of few kinds, so that most are told of several people. To learn from also one or
    /// two: who is to find one of six has first to tell one from none.
    /// </summary>
    private List<(int Person, int Kind)> Choose(Draw draw)
    {
        var kinds = new List<int>();
        for (var count = 2 + draw.Index(3); kinds.Count < count;)
        {
            var kind = draw.Index(Facts.Count);
            if (!kinds.Contains(kind))
                kinds.Add(kind);
        }

        var told = (from person in Enumerable.Range(0, People) from kind in kinds select (person, kind)).ToList();
        draw.Shuffle(told);
        return told[..(draw.Part == CurriculumPart.Test || draw.Chance(0.8) ? 3 + draw.Index(4) : 1 + draw.Index(2))];
    }
}
