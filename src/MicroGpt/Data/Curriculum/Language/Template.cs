using System.Text;

namespace MicroGpt.Data.Curriculum.Language;

/// <summary>
/// A sentence with choices and gaps: <c>[Hello|Hi], {hero} has {a thing}.</c> A choice stands in brackets and may hold others;
/// a gap names a slot of the <see cref="Scene"/>, with a number where several are needed (<c>{thing2}</c>), and says before it
/// how it is written: <c>{a thing}</c> with its article, <c>{s thing}</c> in the plural, <c>{^thing}</c> capitalised,
/// <c>{^a thing}</c> both.
/// </summary>
internal sealed class Template
{
    private readonly List<Part> _parts = [];

    /// <summary>Reads a template.</summary>
    /// <exception cref="ArgumentException">A bracket is left open, or closed without being open.</exception>
    public Template(string text)
    {
        var end = Parse(text, 0, _parts);
        if (end != text.Length)
            throw new ArgumentException($"The template \"{text}\" closes a bracket or separates choices at {end}, outside of any choice.", nameof(text));
    }

    private Template()
    {
    }

    public static implicit operator Template(string text) => new(text);

    /// <summary>Several at once.</summary>
    public static Template[] All(params string[] texts) => [.. texts.Select(text => new Template(text))];

    /// <summary>Writes it, with the scene's words and choices of its own.</summary>
    public void Render(Scene scene, StringBuilder output)
    {
        foreach (var part in _parts)
        {
            if (part.Literal is not null)
                output.Append(part.Literal);
            else if (part.Choices is not null)
                scene.Draw.Pick(part.Choices).Render(scene, output);
            else
                output.Append(part.Written(scene[part.Slot!]));
        }
    }

    // Reads up to the end, or to the | or ] that ends this alternative.
    private static int Parse(string text, int at, List<Part> parts)
    {
        while (at < text.Length && text[at] is not ('|' or ']'))
        {
            if (text[at] == '[')
            {
                var choices = new List<Template>();
                do
                {
                    var choice = new Template();
                    at = Parse(text, at + 1, choice._parts);
                    if (at == text.Length)
                        throw new ArgumentException($"The template \"{text}\" leaves a bracket open.", nameof(text));
                    choices.Add(choice);
                }
                while (text[at] == '|');
                at++;
                parts.Add(new Part(null, choices, null, ""));
            }
            else if (text[at] == '{')
            {
                var end = text.IndexOf('}', at);
                if (end < 0)
                    throw new ArgumentException($"The template \"{text}\" leaves a brace open.", nameof(text));
                parts.Add(Slot(text[(at + 1)..end]));
                at = end + 1;
            }
            else
            {
                var end = text.AsSpan(at).IndexOfAny("[]{|");
                end = end < 0 ? text.Length : at + end;
                parts.Add(new Part(text[at..end], null, null, ""));
                at = end;
            }
        }

        return at;
    }

    private static Part Slot(string gap)
    {
        var form = gap.StartsWith('^') ? "^" : "";
        gap = gap[form.Length..];
        var blank = gap.IndexOf(' ');
        return new Part(null, null, gap[(blank + 1)..], blank < 0 ? form : form + gap[..blank]);
    }

    private sealed record Part(string? Literal, IReadOnlyList<Template>? Choices, string? Slot, string Form)
    {
        public string Written(string value) => Form switch
        {
            "" => value,
            "^" => English.Capitalised(value),
            "a" => English.WithArticle(value),
            "^a" => English.Capitalised(English.WithArticle(value)),
            "s" => English.Plural(value),
            "^s" => English.Capitalised(English.Plural(value)),
            _ => throw new InvalidOperationException($"A template asks for the form \"{Form}\", which there is not."),
        };
    }
}
