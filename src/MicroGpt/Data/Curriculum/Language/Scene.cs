using System.Text;

namespace MicroGpt.Data.Curriculum.Language;

/// <summary>
/// Who and what stands in one example: the words in its slots. A slot is drawn when it is first asked for, from the lexicon's
/// words of its kind, never a word that another slot has already; then it stays.
/// </summary>
internal sealed class Scene(Draw draw, Lexicon lexicon)
{
    private readonly List<(string Slot, string Value)> _slots = [];
    private readonly StringBuilder _text = new();

    public Draw Draw => draw;

    /// <summary>The word in a slot.</summary>
    public string this[string slot]
    {
        get
        {
            foreach (var (name, value) in _slots)
                if (name == slot)
                    return value;
            lexicon.Fill(this, slot);
            return _slots[^1].Slot == slot ? _slots[^1].Value : this[slot];
        }
        set => _slots.Add((slot, value));
    }

    /// <summary>Whether a slot holds this word already.</summary>
    public bool Uses(string value)
    {
        foreach (var slot in _slots)
            if (slot.Value == value)
                return true;
        return false;
    }

    /// <summary>A sentence of the template, with this scene's words.</summary>
    public string Say(Template template)
    {
        var start = _text.Length; // a template may be said while another is
        template.Render(this, _text);
        var said = _text.ToString(start, _text.Length - start);
        _text.Length = start;
        return said;
    }

    /// <summary>A sentence of one of the templates.</summary>
    public string Say(IReadOnlyList<Template> templates) => Say(draw.Pick(templates));
}
