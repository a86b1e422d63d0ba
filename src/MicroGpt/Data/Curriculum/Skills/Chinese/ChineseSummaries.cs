using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills.Chinese;

/// <summary><see cref="Summaries"/> in Chinese.</summary>
internal sealed class ChineseSummaries(double weight) : Skill("summaries-zh", "zh", weight)
{
    private static readonly (Template[] Told, Template Summary)[] s_events =
    [
        (All("{hero}带着{thing}去了{place}。", "路上，{hero.ta}把{thing}弄丢了。", "[后来|不久]，{friend}找到了，还给了{hero.ta}。"), "{hero}丢了{thing}，{friend}找到了它。"),
        (All("{hero}想做一个{craft}。", "这[很难|不容易]。", "{friend}来帮忙，[最后|终于]做好了。"), "{hero}在{friend}的帮助下做了一个{craft}。"),
        (All("{hero}在{place}看见一只{animal}。", "它[受伤了|很饿|很冷]。", "{hero}[照顾它|给它东西吃|带它回家]，它好了。"), "{hero}救了一只{animal}。"),
        (All("{hero}想去{town}看看。", "{hero.ta}[早早起床|收拾好东西]，坐上了火车。", "路很远，可是{hero.ta}到了。"), "{hero}去了{town}。"),
        (All("今天是{friend}的生日。", "{hero}想了很久。", "{hero.ta}送给{friend}一个{thing}。", "{friend}[非常高兴|笑了]。"), "{friend}生日时，{hero}送了一个{thing}。"),
        (All("{hero}和{friend}赛跑。", "开始的时候{friend}跑得快。", "[最后|后来]{hero}赢了。"), "{hero}赛跑赢了{friend}。"),
        (All("{hero}很怕{animal}。", "{friend}拉着{hero.ta}的手，慢慢走过去。", "现在{hero}不怕了。"), "{hero}不再怕{animal}了。"),
        (All("{hero}想当{job}。", "{hero.ta}每天[学习|练习]，过了很多年。", "现在{hero.ta}在{town}当{job}。"), "{hero}在{town}当了{job}。"),
    ];

    private static readonly Template[] s_aside = All("天气很好。", "那天[很冷|很热|下着雨|有风]。", "小鸟在唱歌。", "{friend3}在家。", "{friend3}在吃{food3}。", "天上有云。");

    private static readonly Template[] s_framed = All("用一句话总结：{report}", "用一句话说：{report}", "{report}\n用一句话说，发生了什么？", "总结一下：{report}");

    public override string Description => "what happened in a short report, in one Chinese sentence";

    public override string ScoredBy => "the reply is the expected sentence";

    public override Example Next(Draw draw) => Summaries.Summarised(draw, ChineseWords.Inventive, s_events, s_aside, s_framed, "");
}
