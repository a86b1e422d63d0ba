using System.Globalization;
using System.Text;
using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills.Chinese;

/// <summary>As <see cref="Spelling"/>, with characters: writing words one character at a time, and counting characters aloud.</summary>
internal sealed class ChineseSpelling(double weight) : Skill("spelling-zh", "zh", weight)
{
    private static readonly Template[] s_spell = All(
        "把“{words}”一个字一个字地写出来。", "[请|]一个字一个字地写“{words}”。", "“{words}”里有哪些字？", "[请|]分开写“{words}”的每个字。");

    private static readonly Template[] s_length = All(
        "“{words}”有几个字？", "“{words}”一共有多少个字？", "[请|]数一数“{words}”有几个字。", "“{words}”里有几个字？");

    private static readonly Template[] s_words = All(
        "{hero}", "{hero}的{thing}", "{color}的{thing}", "{town}的{food}", "{animal}和{animal2}", "{place}的{animal}", "{hero}和{friend}", "{job}{hero}", "{food}和{food2}", "{hero}喜欢{food}");

    public override string Description => "writing Chinese words one character at a time, and counting their characters";

    public override string ScoredBy => "writing: the reply's single characters are the word's; counting: the last number in the reply is right";

    public override double GoesOn => 0.3;

    public override Example Next(Draw draw)
    {
        var scene = new Scene(draw, ChineseWords.Inventive);
        if (draw.Chance(0.5))
            scene["hero"] = ChineseWords.Name(draw);
        var words = scene.Say(s_words);
        scene["words"] = words;
        if (draw.Chance(0.5))
            return new(scene.Say(s_spell), Example.Say(string.Join(' ', words.AsEnumerable())), ScoringRule.Letters, [words]);

        var aloud = new StringBuilder();
        for (var i = 0; i < words.Length; i++)
            aloud.Append(words[i]).Append(i + 1).Append(i < words.Length - 1 ? " " : "。");
        return new(
            scene.Say(s_length), Example.Say($"{aloud}一共有{words.Length}个字。"), ScoringRule.Number, [words.Length.ToString(CultureInfo.InvariantCulture)]);
    }
}
