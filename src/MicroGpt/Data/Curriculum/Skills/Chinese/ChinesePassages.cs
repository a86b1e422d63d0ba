using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills.Chinese;

/// <summary><see cref="Passages"/> in Chinese.</summary>
internal sealed class ChinesePassages(double weight) : PassageSkill("passages-zh", "zh", weight, ChineseWords.Inventive)
{
    private static readonly PassageFact[] s_facts =
    [
        new("{name}有一个{adj}的{thing}。", All("{name}有什么？", "{name}有什么东西？"), "一个{adj}的{thing}"),
        new("{name}住在{place}附近。", All("{name}住在哪里？", "{name}住在什么地方附近？"), "{place}附近"),
        new("{name}喜欢吃{food}。", All("{name}喜欢吃什么？", "{name}爱吃什么？"), "{food}"),
        new("{name}的工作是{job}。", All("{name}的工作是什么？", "{name}做什么工作？"), "{job}"),
        new("{name}养了一只{animal}。", All("{name}养了什么动物？", "{name}养了什么？"), "一只{animal}"),
        new("{name}今年{number}岁。", All("{name}今年几岁？", "{name}多大？"), "{number}岁"),
        new("{name}出生在{town}。", All("{name}出生在哪里？", "{name}出生在哪个城市？"), "{town}"),
        new("{name}把钥匙放在{furniture}下面。", All("{name}把钥匙放在哪里？", "{name}把钥匙放在什么下面？"), "{furniture}下面"),
        new("{name}花了{number}元钱。", All("{name}花了多少钱？", "{name}花了几元钱？"), "{number}元"),
        new("{name}把门漆成了{color}。", All("{name}把门漆成了什么颜色？", "{name}的门是什么颜色？"), "{color}"),
        new("{name}今天去了{place}。", All("{name}今天去了哪里？", "{name}今天去了什么地方？"), "{place}"),
    ];

    private static readonly Template[] s_framed = All(
        "{question}阅读：{passage}", "{question}\n短文：{passage}", "问题：{question}\n短文：{passage}", "读短文，回答问题。{question}\n{passage}");

    public override string Description => "answering from a passage with a quotation, or saying that it is not there, in Chinese";

    protected override string NotThere => "短文里没有说。";

    protected override IReadOnlyList<PassageFact> Facts => s_facts;

    protected override Template[] Framed => s_framed;

    protected override string Between => "";

    protected override string AnyName(Draw draw) => draw.Chance(0.6) ? ChineseWords.Name(draw) : draw.Pick(draw.Chance(0.5) ? ChineseWords.Girls : ChineseWords.Boys);

    protected override string Quoted(string sentence, string answer) => $"{sentence}答案：{answer}。";

    protected override string Missed(string beginning) => $"{beginning}……{NotThere}";
}
