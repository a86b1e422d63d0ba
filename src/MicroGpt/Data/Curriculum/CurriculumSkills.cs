using MicroGpt.Data.Curriculum.Skills;
using MicroGpt.Data.Curriculum.Skills.Chinese;

namespace MicroGpt.Data.Curriculum;

/// <summary>What the curriculum teaches.</summary>
public static class CurriculumSkills
{
    /// <summary>All skills, those learned from documents first.</summary>
    public static IReadOnlyList<ISkill> All { get; } = Of(seed: 1);

    /// <summary>The skill of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ISkill Named(string name) =>
        All.FirstOrDefault(skill => skill.Name == name)
        ?? throw new ArgumentException($"There is no skill \"{name}\"; there are {string.Join(", ", All.Select(skill => skill.Name))}.", nameof(name));

    /// <summary>All skills over the world of a seed. A weight is a part of the bytes; conversations have more of them than documents.</summary>
    internal static IReadOnlyList<Skill> Of(ulong seed)
    {
        var world = new World(seed);
        var (english, chinese) = (EnglishWorld.Facts(world), ChineseWorld.Facts(world));
        return
        [
            new Stories(20),
            new WorldTexts(3, english, "world", "en"),
            new ChineseStories(5),
            new WorldTexts(2, chinese, "world-zh", "zh"),
            new Identity(6),
            new SmallTalk(3),
            new Arithmetic(6),
            new Spelling(16),
            new Passages(30),
            new Tools(5),
            new Sentiment(4),
            new Summaries(4),
            new WorldQuestions(2, english, "world-questions", "en"),
            new ChineseIdentity(1),
            new ChineseSmallTalk(0.5),
            new ChineseArithmetic(1.5),
            new ChineseSpelling(1),
            new ChinesePassages(3),
            new ChineseTools(1),
            new ChineseSentiment(1),
            new ChineseSummaries(1),
            new WorldQuestions(0.5, chinese, "world-questions-zh", "zh"),
        ];
    }
}
