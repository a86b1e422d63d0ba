using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>Short stories: a beginning, a plot whose stages each have several ways to be told, an ending.</summary>
internal sealed class Stories(double weight) : Skill("stories", "en", weight)
{
    public override bool IsText => true;

    public override string Description => "short stories in simple English";

    public override string ScoredBy => "bits per byte";

    public override Example Next(Draw draw) => Example.OfDocument(Told(
        new Scene(draw, EnglishWords.Lexicon), StoryPlots.Beginnings, StoryPlots.Plots, StoryPlots.Asides, StoryPlots.Endings, " "));

    /// <summary>A story: a beginning, the stages of one plot with asides now and then, an ending.</summary>
    internal static string Told(
        Scene scene, Template[] beginnings, Template[][][] plots, Template[] asides, Template[] endings, string between)
    {
        scene["number"] = $"{scene.Draw.Number(2, 40)}";
        var stages = new List<string> { scene.Say(beginnings) };
        foreach (var stage in scene.Draw.Pick(plots))
        {
            stages.Add(scene.Say(stage));
            if (scene.Draw.Chance(0.25) && scene.Say(asides) is var aside && !stages.Contains(aside))
                stages.Add(aside);
        }

        stages.Add(scene.Say(endings));
        return string.Join(between, stages);
    }
}
