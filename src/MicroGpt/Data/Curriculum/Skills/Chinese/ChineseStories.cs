using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills.Chinese;

/// <summary><see cref="Stories"/> in Chinese.</summary>
internal sealed class ChineseStories(double weight) : Skill("stories-zh", "zh", weight)
{
    private static readonly Template[] s_beginnings = All(
        "从前，有一个[孩子|小朋友]叫{hero}，住在{place}旁边。{hero.ta}有一个好朋友，叫{friend}。", "{hero}和{friend}住在{town}，离{place}不远。", "[一天|有一天|星期天][早上，{hero}起得很早|下午，{hero}心情很好|早上，{hero}心情很好]，和{friend}一起出门去玩。", "{hero}和{friend}是[好朋友|邻居|同学]，他们常常去{place}。", "{hero}是个[勇敢|聪明|安静|快乐|好奇]的孩子，最好的朋友是{friend}。");

    private static readonly Template[] s_asides = All("风[轻轻地吹着|很大]。", "一只{animal3}[走过来|在旁边看着]。", "天上有[白云|几朵云]。", "{hero}吃了一点{food}。", "“今天真好！”{friend}说。", "太阳[出来了|下山了]。", "一位老{job}[笑了笑|走过去了]。");

    private static readonly Template[] s_endings = All("晚上，{hero}[睡得很香|把事情告诉了家人]。", "从那天起，{hero}和{friend}[更要好了|天天一起玩]。", "“我不会忘记今天。”{hero}说。", "他们[高高兴兴地回家了|一起吃了{food}]。", "{hero}明白了：[朋友最宝贵|不要放弃|要帮助别人|有困难可以请人帮忙]。");

    private static readonly Template[][][] s_plots =
    [
        [
            All("{hero}有一个{adj}的{thing}，[走到哪里都带着|非常喜欢它]。"), All("可是有一天，{thing}不见了。", "在{place}，{hero.ta}把{thing}忘了。"),
            All("{hero.ta}找了[{furniture}下面|每个房间|院子里]，都没有找到。", "{hero}[很难过|哭了]。"), All("{friend}说：“别[哭|着急]，我们一起找。”", "“你最后在哪里看见它？”{friend}问。"),
            All("他们回到{place2}，{thing}就在[树下|草地上|石头旁边]。", "原来是一只{animal}把它拿走了。", "一位{job}捡到了它，还给了{hero}。"),
        ],
        [
            All("{hero}想[自己|为{friend}]做一个{craft}。"), All("{hero.ta}找来了[木头和钉子|纸和胶水|布和线]。", "{hero.ta}先画了一张图。"), All("第一次，{craft}[坏了|太小了|倒了]。"),
            All("“再试一次吧。”{friend}说。", "{friend}过来帮忙。", "{hero}[不想放弃|想出了新办法]。"), All("[最后|终于]，{craft}做好了，[很漂亮|是{color}的|大家都来看]。"),
        ],
        [
            All("在{place2}，{hero}看见一只{animal}。"), All("它[受伤了|又冷又饿|找不到妈妈]。", "它[很小|在发抖]，不会走路。"), All("“别怕，我来帮你。”{hero}说。", "{hero}脱下衣服，给它盖上。"),
            All("{hero.ta}和{friend}把它带回家，给它{food}吃。", "他们去找{job}，{job}知道该怎么办。"), All("过了[几天|{number}天]，{animal}好了，[跑回了家|天天跟着{hero}]。"),
        ],
        [
            All("{hero}一直想去{town2}。", "{job}告诉{hero}，{town2}有一个很美的{place2}。"), All("{hero.ta}带上{food}和一个{thing}，和{friend}出发了。"), All("路[很远|不好走]，[天黑了|他们累了|下雨了]。", "他们不知道该往哪里走。"),
            All("“往左还是往右？”{friend}问。“往[左|右]。”{hero}说。", "一位好心的{job}给他们带路。"), All("[最后|终于]他们到了，那里[比故事里还美|非常漂亮]。", "他们在那里住了{number}天。"),
        ],
        [
            All("{hero}怕[黑|高|水|打雷|{place2}的{animal}]。"), All("别的孩子[笑{hero.ta}|不明白]。", "{hero.ta}没有告诉别人。"), All("有一天，{friend}[在那里迷路了|需要帮助]。"), All("{hero}[深深地吸了一口气|闭上眼睛数到十]，走了过去。"),
            All("原来[一点也不可怕|只是一个影子]。", "从此{hero}[不怕了|勇敢多了]。"),
        ],
        [
            All("{hero}和{friend}都想要那个{adj}的{thing}。", "只有一个{thing}，{hero}和{friend}都想玩。"), All("“是我的！”{hero}说。“是我的！”{friend}也说。"), All("他们{number}天没有说话。", "{hero}一个人回家，心里很难过。"),
            All("后来{hero}说：“对不起，是我错了。”", "{job}说：“一起玩，会更开心。”"), All("“你[上午玩，我下午玩|今天玩，我明天玩]。”{friend}说。", "他们又成了好朋友。"),
        ],
    ];

    public override bool IsText => true;

    public override string Description => "short stories in simple Chinese";

    public override string ScoredBy => "bits per byte";

    public override Example Next(Draw draw) =>
        Example.OfDocument(Stories.Told(new Scene(draw, ChineseWords.Lexicon), s_beginnings, s_plots, s_asides, s_endings, ""));
}
