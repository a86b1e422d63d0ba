using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills.Chinese;

/// <summary><see cref="Tools"/> in Chinese.</summary>
internal sealed class ChineseTools(double weight) : Skill("tools-zh", "zh", weight)
{
    private static readonly Template[] s_sums = All("{a} {op} {b} 等于多少？", "[请|]计算 {a} {op} {b}。", "[请|]算一下 {a} {op} {b}。", "{a} {op} {b} 是多少？");

    private static readonly Template[] s_clock = All(
        "[现在|]几点了？", "现在是几点？", "[请|请你]告诉我现在的时间。", "你知道现在几点吗？", "{hero}问现在几点了。", "{hero}想知道现在的时间。", "{time2}{hero}要走。现在几点了？", "我的表是{time2}。现在是几点？");

    private static readonly Template[] s_clockHeldOut = All(
        "{hero}问我现在的时间。", "{hero}想知道现在几点了。", "{hero}{time2}要走，请告诉我现在几点。", "{hero}问，你知道现在是几点吗？", "我的表是{time2}，现在几点了？");

    private static readonly Template[] s_date = All(
        "今天[是|]几号？", "今天[是|]星期几？", "今天是什么日子？", "[请|请你]告诉我今天的日期。", "你知道今天几号吗？", "{hero}问今天几号。", "{hero}想知道今天的日期。");

    private static readonly Template[] s_dateHeldOut = All(
        "{hero}问我今天的日期。", "{hero}想知道今天星期几。", "{hero}问，今天是几号？", "请告诉{hero}今天几号。", "{hero}想知道今天是什么日子。");

    private static readonly Template[] s_weather = All(
        "{town}[今天|现在|][的|]天气[怎么样|好吗|如何]？", "{town}[今天|现在]下雨吗？", "{town}[今天|现在][冷|热]吗？", "[请|]告诉我{town}的天气。", "我要去{town}，[要带伞吗|那里天气怎么样]？", "{hero}去{town}，那里[冷|热]吗？", "{town}多少度？");

    private static readonly Template[] s_notes = All(
        "我的笔记里[关于{topic}写了什么|有没有{topic}]？", "[请|]在笔记里找一下{topic}。", "我[写过|记过]{topic}吗？", "[请|]查一下我关于{topic}的笔记。", "关于{topic}，我记了什么？");

    private static readonly Template[] s_noted = All("{topic}：问{hero}。", "{topic}：星期一{time}。", "{topic}：星期五{time}。", "别忘了{topic}。", "{topic}要带{thing}。", "{topic}的事，{hero}会帮忙。", "{time}给{hero}打电话。");

    private static readonly Template[] s_none = All(
        "向{hero}问好。 => 你好，{hero}！", "跟{hero}说再见。 => 再见，{hero}！", "谢谢{hero}。 => 谢谢你，{hero}！", "我叫{hero}。我叫什么？ => 你叫{hero}。", "我的朋友叫{hero}。我的朋友叫什么？ => 你的朋友叫{hero}。",
        "我喜欢吃{food}。我喜欢吃什么？ => 你喜欢吃{food}。", "我有一个{thing}。我有什么？ => 你有一个{thing}。", "{animal}是动物吗？ => 是的，{animal}是动物。", "{thing}是动物吗？ => 不是，{thing}不是动物。", "用“{thing}”写一句话。 => 我看见一个{thing}。", "说两遍“{food}”。 => {food}，{food}。");

    private static readonly string[] s_skies = ["晴天", "多云", "下雨", "大风", "阴天", "有雾"];

    public override string Description => "choosing a tool, or none, and using the result, in Chinese";

    public override string ScoredBy => "the first call is one of the right tool; there is no call where none is needed";

    public override double GoesOn => 0.2;

    public override Example Next(Draw draw)
    {
        var isTest = draw.Part == CurriculumPart.Test;
        var scene = new Scene(draw, ChineseWords.Inventive) { ["time"] = Tools.Time(draw), ["time2"] = Tools.Time(draw) };
        if (draw.Chance(0.3))
            scene["hero"] = ChineseWords.Name(draw);
        return draw.Index(6) switch
        {
            0 => Sum(scene),
            1 => Tools.Call(scene.Say(isTest ? s_clockHeldOut : s_clock), "clock", "clock()", scene["time"], $"现在是{scene["time"]}。"),
            2 => Date(scene, isTest ? s_dateHeldOut : s_date),
            3 => Weather(scene),
            4 => Notes(scene),
            _ => Tools.None(scene.Say(s_none)),
        };
    }

    private static Example Sum(Scene scene)
    {
        var symbol = scene.Draw.Pick("+-*/".ToCharArray());
        var (a, b) = Arithmetic.Operands(scene.Draw, symbol);
        (scene["a"], scene["b"], scene["op"]) = ($"{a}", $"{b}", symbol.ToString());
        var result = Calculator.Evaluate($"{a}{symbol}{b}")!;
        return Tools.Call(scene.Say(s_sums), Scoring.CalculatorTool, $"{a}{symbol}{b}", result, $"{a} {symbol} {b} = {result}。");
    }

    private static Example Date(Scene scene, Template[] asked)
    {
        var (day, month) = Tools.DayOfYear(scene.Draw);
        var date = $"{month + 1}月{day}日，星期{"一二三四五六日"[scene.Draw.Index(7)]}";
        return Tools.Call(scene.Say(asked), "date", "date()", date, $"今天是{date}。");
    }

    private static Example Weather(Scene scene)
    {
        var weather = $"{scene.Draw.Pick(s_skies)}，{scene.Draw.Number(2, 34)}度";
        var prompt = scene.Say(s_weather);
        return Tools.Call(prompt, "weather", $"weather(\"{scene["town"]}\")", weather, $"{scene["town"]}的天气：{weather}。");
    }

    private static Example Notes(Scene scene)
    {
        var (prompt, topic) = (scene.Say(s_notes), scene["topic"]);
        if (scene.Draw.Chance(0.2))
            return Tools.Call(prompt, "notes", $"notes(\"{topic}\")", "没有找到", $"你的笔记里没有{topic}。");
        var note = scene.Say(s_noted);
        return Tools.Call(prompt, "notes", $"notes(\"{topic}\")", note, $"你的笔记里写着：“{note}”");
    }
}
