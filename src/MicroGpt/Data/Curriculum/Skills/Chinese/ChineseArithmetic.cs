using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills.Chinese;

/// <summary><see cref="Arithmetic"/> in Chinese.</summary>
internal sealed class ChineseArithmetic(double weight) : Skill("arithmetic-zh", "zh", weight)
{
    private static readonly Template[] s_sums = All(
        "{a} {op} {b} [是多少|等于多少|等于几]？", "[计算|请计算|算一下|请算] {a} {op} {b}。", "{a}{word}{b}[是多少|等于多少|等于几]？", "[请问|]{a}{word}{b}得多少？", "{a}{op}{b}=？");

    private static readonly (char Operator, string Word, Template[] Problems)[] s_operations =
    [
        ('+', "加", All(
            "{hero}有{a}个{item}，又得到{b}个。{hero.ta}现在有几个{item}？ => {hero.ta}现在有{n}个{item}。",
            "{hero}有{a}个{item}，{friend}有{b}个。他们一共有几个{item}？ => 他们一共有{n}个{item}。",
            "盒子里有{a}个{item}，{hero}又放进{b}个。现在有几个{item}？ => 现在有{n}个{item}。")),
        ('-', "减", All(
            "{hero}有{a}个{item}，给了{friend}{b}个。{hero.ta}还剩几个{item}？ => {hero.ta}还剩{n}个{item}。",
            "盒子里有{a}个{item}，{hero}拿走{b}个。还剩几个{item}？ => 还剩{n}个{item}。",
            "一本书有{a}页，{hero}看了{b}页。还有几页没看？ => 还有{n}页没看。")),
        ('*', "乘以", All(
            "{hero}有{a}个盒子，每个盒子里有{b}个{item}。一共有几个{item}？ => 一共有{n}个{item}。",
            "一个{item}{a}元，{b}个{item}多少元？ => 一共{n}元。",
            "{hero}每天走{a}里路，{b}天走几里？ => {b}天走{n}里。")),
        ('/', "除以", All(
            "{hero}把{a}个{item}平均分给{b}个朋友。每个朋友得到几个？ => 每个朋友得到{n}个。",
            "{b}个{item}一共{a}元，一个多少元？ => 一个{n}元。",
            "把{a}个{item}平均放进{b}个盒子。每个盒子里有几个？ => 每个盒子里有{n}个。")),
    ];

    public override string Description => "sums and word problems in Chinese, through the calculator";

    public override string ScoredBy => "the calculator is called, its result is right, and the last number in the reply is that result";

    public override double GoesOn => 0.3;

    public override Example Next(Draw draw)
    {
        var (symbol, word, problems) = draw.Pick(s_operations);
        var (a, b) = Arithmetic.Operands(draw, symbol);
        var scene = new Scene(draw, ChineseWords.Inventive) { ["a"] = $"{a}", ["b"] = $"{b}", ["op"] = symbol.ToString(), ["word"] = word, ["n"] = "#" };
        return draw.Chance(0.5)
            ? Arithmetic.Problem($"{a}{symbol}{b}", scene.Say(problems))
            : Arithmetic.Answer(scene.Say(s_sums), $"{a}{symbol}{b}", $"{a} {symbol} {b} = ", "。");
    }
}
