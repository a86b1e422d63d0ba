using MicroGpt.Data.Curriculum.Language;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>A relation of the invented world in one language.</summary>
/// <param name="Told">How it is told in a document; <c>{name}</c>, <c>{he}</c> and <c>{value}</c> are filled in.</param>
/// <param name="Asked">How it is asked.</param>
/// <param name="Answer">How it is answered in a sentence.</param>
/// <param name="Short">How it is answered in a word or two.</param>
internal sealed record Relation(Template[] Told, Template[] Asked, Template Answer, Template Short);

/// <summary>The relations of people and places as a language tells them, and the documents and questions made of them.</summary>
internal sealed class WorldFacts(World world, Lexicon lexicon, WorldFacts.Words words, Relation[] people, Relation[] places)
{
    /// <summary>Where a language finds its words.</summary>
    public sealed record Words(Func<World.Word, string> Of, string He, string She, string Between);

    /// <summary>All that is known of someone or of a place, in any order.</summary>
    public string Tell(Draw draw)
    {
        var (subject, relations, _) = Subject(draw);
        var order = Enumerable.Range(0, relations.Length).ToArray();
        draw.Shuffle(order);
        return string.Join(words.Between, order.Select((relation, i) =>
        {
            // The name first, then now and then the pronoun.
            var told = new Scene(draw, lexicon)
            {
                ["name"] = subject.Name,
                ["subject"] = i > 0 && draw.Chance(0.5) ? subject.He : subject.Name,
                ["value"] = subject.Values[relation],
            };
            return English.Capitalised(told.Say(relations[relation].Told));
        }));
    }

    /// <summary>A question about one fact, in the test only about those that training never asks for.</summary>
    public Example Ask(Draw draw)
    {
        while (true)
        {
            var (subject, relations, number) = Subject(draw);
            var relation = draw.Index(relations.Length);
            if (World.IsHeldOut(number, relation) != (draw.Part == CurriculumPart.Test))
                continue;
            var scene = new Scene(draw, lexicon) { ["name"] = subject.Name, ["value"] = subject.Values[relation] };
            var (_, asked, answer, brief) = relations[relation];
            return Example.OfAnswer(scene.Say(asked), scene.Say(answer), scene.Say(brief));
        }
    }

    private (Known, Relation[], int) Subject(Draw draw)
    {
        if (draw.Chance(0.75))
        {
            var person = draw.Pick(world.People);
            return (new(Of(person.Name), person.IsShe ? words.She : words.He,
                [Of(person.Home), Of(person.Job), Of(person.Pet), Of(person.Food), Of(person.Friend)]), people, person.Number);
        }

        var place = draw.Pick(world.Places);
        return (new(Of(place.Name), Of(place.Name), [Of(place.Kind), Of(place.Sight), Of(place.Neighbor)]), places, place.Number);
    }

    private string Of(World.Word word) => words.Of(word);

    private sealed record Known(string Name, string He, string[] Values);
}
