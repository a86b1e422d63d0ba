namespace MicroGpt.Data.Curriculum.Language;

/// <summary>A language's words by kind.</summary>
internal sealed class Lexicon(IReadOnlyDictionary<string, Fillers> kinds, params IReadOnlyList<Lexicon.Gender> genders)
{
    /// <summary>Names of one gender, and the words that stand for them: for the slot <c>hero</c>, <c>he</c> becomes <c>hero.he</c>.</summary>
    public sealed record Gender(Fillers Names, params IReadOnlyList<(string Word, string Form)> Pronouns);

    // Gives a word of a kind that is in no list, or null.
    private Func<Draw, string, string?> Invented { get; init; } = (_, _) => null;

    /// <summary>
    /// The same, but some words for training are invented: whoever must say again a word that never comes twice has to copy it, and
    /// then copies a word held out as well.
    /// </summary>
    /// <param name="invented">Gives a word of a kind that is in no list, or null for one of the list.</param>
    public Lexicon With(Func<Draw, string, string?> invented) => new(kinds, genders) { Invented = invented };

    /// <summary>All kinds that are split, for those who check the split.</summary>
    public IEnumerable<Fillers> All => kinds.Values.Concat(genders.Select(gender => gender.Names));

    /// <summary>Draws the words for a slot: its name without a number behind it is a kind, or <c>hero</c> and <c>friend</c> for people.</summary>
    /// <exception cref="InvalidOperationException">There are no words of that kind.</exception>
    public void Fill(Scene scene, string slot)
    {
        var dot = slot.IndexOf('.');
        if (dot >= 0)
            slot = slot[..dot];
        var kind = slot.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        if (kind is "hero" or "friend")
        {
            var gender = scene.Draw.Pick(genders);
            foreach (var (word, form) in gender.Pronouns)
                scene[slot + "." + word] = form;
            scene[slot] = Another(scene, kind, gender.Names);
        }
        else if (kinds.TryGetValue(kind, out var fillers))
        {
            scene[slot] = Another(scene, kind, fillers);
        }
        else
        {
            throw new InvalidOperationException($"There are no words of the kind \"{kind}\".");
        }
    }

    private string Another(Scene scene, string kind, Fillers fillers)
    {
        var word = Any();
        for (var tries = 0; scene.Uses(word); tries++)
        {
            if (tries == 1000)
                throw new InvalidOperationException($"A scene uses all {fillers.Of(scene.Draw.Part).Count} words of a kind and asks for one more.");
            word = Any();
        }

        return word;

        // The test has none of these: it asks for the words held out.
        string Any() => (scene.Draw.Part == CurriculumPart.Test ? null : Invented(scene.Draw, kind)) ?? scene.Draw.Pick(fillers);
    }
}
