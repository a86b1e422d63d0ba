namespace MicroGpt.Data.Curriculum;

/// <summary>A file of the curriculum.</summary>
/// <param name="Skill">What it teaches or tests.</param>
/// <param name="Part">What it is for.</param>
/// <param name="Path">Where it lies in the folder, with slashes.</param>
/// <param name="Examples">How many documents or conversations.</param>
/// <param name="Bytes">How large it is.</param>
public sealed record CurriculumFile(ISkill Skill, CurriculumPart Part, string Path, long Examples, long Bytes)
{
    /// <summary>Where the file of a skill lies: <c>conversations/test/arithmetic.jsonl</c>.</summary>
    public static string PathOf(ISkill skill, CurriculumPart part)
    {
        ArgumentNullException.ThrowIfNull(skill);
        return $"{(skill.IsText ? "text" : "conversations")}/{part.ToString().ToLowerInvariant()}/{skill.Name}.jsonl";
    }
}
