using System.Globalization;
using System.Text;

namespace MicroGpt.Data.Curriculum;

/// <summary>The folder's README: what is there, and how it is scored.</summary>
internal static class CurriculumReadme
{
    public static void Write(string folder, CurriculumOptions options, IReadOnlyList<CurriculumFile> files)
    {
        var text = new StringBuilder(
            $$"""
            # Curriculum

            Written by `microgpt data curriculum --seed {{options.Seed}} --size {{options.Size}}{{(options.Language is { } language ? $" --language {language}" : "")}}`; the same command gives the same bytes everywhere.
            `text` holds documents (`{"text": …}`), `conversations` holds conversations (`{"messages": […]}`), one a line:

            - `train`: to learn from;
            - `validation`: the same words in other examples, to watch the learning;
            - `test`: held out. Its names, numbers, objects and places stand nowhere in the other two, nor do its phrasings of questions about
              the assistant. In sentiment the words of praise and blame are the skill itself and stay; questions about the invented world ask for
              facts that the documents tell and that no question in training asks for.

            A call of a tool is a part of the type `python`: a bare expression for the calculator, or `clock()`, `date()`, `weather("Rome")`,
            `notes("dentist")`; what the tool gives follows as `python_output`. In `test` every line has a `rule` and what it accepts:

            | rule | a reply is right when |
            |---|---|
            | `exact` | it is one of the `accepted` sentences; case, spaces and the final full stop do not count |
            | `number` | its last number is the accepted one |
            | `calculated` | its first call is an expression whose value is the accepted number, and so is the last number of its words |
            | `letters` | its single letters (or Chinese characters), in order, are the accepted word |
            | `quoted` | it quotes the passage word for word and the accepted words stand behind `Answer:`; or it is the accepted sentence that says it is not there |
            | `tool` | its first call is one of the accepted tool; for `none` it has no call |

            | skill | language | what | train | validation | test | scored by |
            |---|---|---|---|---|---|---|

            """);
        foreach (var skill in files.GroupBy(file => file.Skill))
        {
            var cells = Enum.GetValues<CurriculumPart>().Select(part => Amount(skill.FirstOrDefault(file => file.Part == part)));
            text.Append($"| {skill.Key.Name} | {skill.Key.Language} | {skill.Key.Description} | {string.Join(" | ", cells)} | {skill.Key.ScoredBy} |\n");
        }

        File.WriteAllText(Path.Combine(folder, "README.md"), text.Replace("\r\n", "\n").ToString());
    }

    private static string Amount(CurriculumFile? file) =>
        file is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{file.Examples:N0} ({file.Bytes / 1000.0:N0} KB)");
}
