using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills.Chinese;

/// <summary><see cref="Sentiment"/> in Chinese.</summary>
internal sealed class ChineseSentiment(double weight) : Skill("sentiment-zh", "zh", weight)
{
    private const string Subject = "[这个{thing}|我的{thing}|那个{adj}的{thing}|{town}的{food}|{place}的{food}|{hero}送我的{thing}]";
    private const string Person = "[{hero}|那位{job}|{town}的{job}|{place}的{job}]";
    private const string Visit = "[{place}|{town}|去{place}的路上|在{place}的一天|和{hero}一起的晚饭]";

    private static readonly Template[] s_positive = All(
        Subject + "[非常好|太棒了|真不错|我很喜欢|让我很满意|比我想的还好|一点也不差]。[||真值得。|{friend}也很喜欢。]", "我[很喜欢|非常喜欢|爱]这个{thing}。[||我还会再买。]", Person + "[很友好|非常热情|很有耐心|真好|帮了大忙|从不生气]。", Visit + "[真美好|太棒了|很有意思|让人开心|一点也不无聊]。");

    private static readonly Template[] s_pleased = All("我们[都很高兴|笑个不停]。", "非常感谢！", "我[今天|]真高兴。", "大家都笑了。", "{friend}也很开心。");

    private static readonly Template[] s_negative = All(
        Subject + "[很差|太糟糕了|真不好|我很讨厌|让我很失望|比我想的还差|一点也不好]。[||真不值。|我要退钱！]", "我[不喜欢|很讨厌|非常讨厌]这个{thing}。[||我再也不买了。]", Person + "[很粗鲁|不友好|没有耐心|真坏|什么忙也没帮|总是生气]。", Visit + "[真可怕|太糟糕了|很无聊|让人生气|一点也不好玩]。");

    private static readonly Template[] s_displeased = All("我们[都很生气|都哭了]。", "我[今天|]真生气。", "大家都很失望。", "{friend}也不高兴。");

    private static readonly Template[] s_neutral = All(
        "这个{thing}[在桌子上|在房间里|是{color}的]。", Person + "[在家|在上班|{time}在这里]。", "{place}{time}[开门|关门]。", "{hero}从{place}走到{place2}。", "{hero}和{friend}住在{town}。", "我[看见|拿着|有]一个{thing}。");

    private static readonly Template[] s_framed = All(
        "这句话是正面、负面还是中性？{said}", "正面、负面还是中性？{said}", "情感：{said}", "{said}\n这是正面、负面还是中性？", "说话的人感觉怎么样，正面、负面还是中性？{said}");

    public override string Description => "whether a remark is positive, negative or neutral, in Chinese";

    public override string ScoredBy => "the reply is the word: 正面, 负面 or 中性";

    public override Example Next(Draw draw)
    {
        var scene = new Scene(draw, ChineseWords.Inventive) { ["time"] = Tools.Time(draw) };
        var (label, remarks, more) = draw.Index(5) switch
        {
            0 or 1 => ("正面", s_positive, s_pleased),
            2 or 3 => ("负面", s_negative, s_displeased),
            _ => ("中性", s_neutral, null),
        };
        scene["said"] = scene.Say(remarks) + (more is not null && draw.Chance(0.5) ? scene.Say(more) : "");
        return Example.OfAnswer(scene.Say(s_framed), label + "。");
    }
}
