using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>Sums and word problems, calculated with the tool: what is learned is to write the right expression and to use its result.</summary>
internal sealed class Arithmetic(double weight) : Skill("arithmetic", "en", weight)
{
    private static readonly Template[] s_sums = All(
        "What is {a} {op} {b}?", "What's {a} {op} {b}?", "[Calculate|Compute|Work out] {a} {op} {b}.", "How much is {a} {op} {b}?", "{a} {op} {b}", "{a} {op} {b} = ?", "{a}{op}{b}=", "[Please|Now] calculate {a} {op} {b}.", "[Can|Could] you [calculate|tell me] {a} {op} {b}?", "I need to know {a} {op} {b}.");

    private static readonly Template[] s_inWords = All(
        "What is {a} {word} {b}?", "How much is {a} {word} {b}?", "[Calculate|Compute] {a} {word} {b}.", "What do you get for {a} {word} {b}?", "[Please tell|Tell] me {a} {word} {b}.");

    private static readonly Template[] s_chains = All(
        "What is {a} {op} {b} {op2} {c}?", "[Calculate|Compute] {a} {op} {b} {op2} {c}.", "{a} {op} {b} {op2} {c} = ?", "How much is {a} {op} {b} {op2} {c}?");

    private static readonly (char Operator, string Word, Template[] Problems)[] s_operations =
    [
        ('+', "plus", All(
            "{hero} has {a} {s item}. {^hero.he} gets {b} more. How many {s item} does {hero.he} have now? => {^hero.he} has {n} {s item} now.",
            "{hero} has {a} {s item} and {friend} has {b}. How many {s item} do they have together? => Together they have {n} {s item}.",
            "There are {a} {s item} in the box. {hero} puts in {b} more. How many {s item} are in the box now? => There are {n} {s item} in the box now.",
            "{hero} finds {a} {s item} in the morning and {b} in the evening. How many {s item} does {hero.he} find in all? => {^hero.he} finds {n} {s item} in all.",
            "{hero} reads {a} pages today and {b} pages tomorrow. How many pages is that? => That is {n} pages.")),
        ('-', "minus", All(
            "{hero} has {a} {s item}. {^hero.he} gives {b} to {friend}. How many {s item} does {hero.he} have left? => {^hero.he} has {n} {s item} left.",
            "{hero} had {a} {s item} and lost {b}. How many {s item} are left? => There are {n} {s item} left.",
            "There are {a} {s item} in the box. {hero} takes out {b}. How many {s item} are still in the box? => There are still {n} {s item} in the box.",
            "{hero} has {a} coins. {^a item} costs {b} coins. How many coins are left after {hero.he} buys it? => There are {n} coins left.",
            "A book has {a} pages. {hero} has read {b} of them. How many pages are left to read? => There are {n} pages left to read.")),
        ('*', "times", All(
            "{hero} has {a} boxes with {b} {s item} in each. How many {s item} does {hero.he} have? => {^hero.he} has {n} {s item}.",
            "One {item} costs {a} coins. How much do {b} {s item} cost? => They cost {n} coins.",
            "{hero} walks {a} miles a day. How many miles does {hero.he} walk in {b} days? => {^hero.he} walks {n} miles.",
            "There are {a} rows of {b} {s item}. How many {s item} are there? => There are {n} {s item}.",
            "Each of {a} children has {b} {s item}. How many {s item} do they have together? => Together they have {n} {s item}.")),
        ('/', "divided by", All(
            "{hero} shares {a} {s item} equally among {b} friends. How many {s item} does each friend get? => Each friend gets {n}.",
            "{a} {s item} are put into {b} boxes, the same number in each. How many {s item} are in each box? => In each box the number is {n}.",
            "{b} {s item} cost {a} coins. How much does one cost? => One costs {n} coins.",
            "{hero} packs {a} {s item} into bags of {b}. How many bags does {hero.he} need? => The number of bags is {n}.")),
    ];

    public override string Description => "sums with + - * / and word problems, through the calculator";

    public override string ScoredBy => "the calculator is called, its result is right, and the last number in the reply is that result";

    public override double GoesOn => 0.3;

    public override Example Next(Draw draw)
    {
        var kind = draw.Index(10);
        if (kind == 0)
            return Chain(draw);
        var (symbol, word, problems) = draw.Pick(s_operations);
        var (a, b) = Operands(draw, symbol);
        var scene = new Scene(draw, EnglishWords.Inventive) { ["a"] = $"{a}", ["b"] = $"{b}", ["op"] = symbol.ToString(), ["word"] = word, ["n"] = "#" };
        var expression = $"{a}{symbol}{b}";
        if (kind > 5)
            return Problem(expression, scene.Say(problems));
        return Answer(scene.Say(kind > 3 ? s_inWords : s_sums), expression, $"{a} {symbol} {b} = ");
    }

    /// <summary>Two numbers of the part; where something is divided, the quotient is whole.</summary>
    internal static (int A, int B) Operands(Draw draw, char symbol)
    {
        const int most = 99; // so that training has results of as many digits as the test
        while (true)
        {
            var (a, b) = symbol switch
            {
                '*' => (draw.Number(2, most), draw.Number(2, most)),
                '/' => (0, draw.Number(2, most)),
                _ => (draw.Number(2, draw.Chance(0.5) ? 99 : 999), draw.Number(2, draw.Chance(0.7) ? 99 : 999)),
            };
            if (symbol == '/')
                a = b * (2 + draw.Index(29));
            if (symbol == '-' && a < b)
                (a, b) = (b, a);
            if (draw.Allows(a) && (symbol != '-' || a - b > 1)) // "1 apples" is never left
                return (a, b);
        }
    }

    internal static Example Answer(string prompt, string expression, string before, string after = ".")
    {
        var result = Calculator.Evaluate(expression)!;
        return new(prompt, Example.Call(expression, result, before + result + after), ScoringRule.Calculated, [result]);
    }

    /// <summary>A problem told with its answer behind an arrow, in which # stands for the result.</summary>
    internal static Example Problem(string expression, string told)
    {
        var parts = told.Split(" => ");
        var (before, after) = (parts[1][..parts[1].IndexOf('#')], parts[1][(parts[1].IndexOf('#') + 1)..]);
        return Answer(parts[0], expression, before, after);
    }

    private static Example Chain(Draw draw)
    {
        var (symbol, then) = draw.Pick<(char, char)>([('+', '+'), ('+', '-'), ('*', '+'), ('*', '-'), ('-', '+')]);
        var (a, b) = Operands(draw, symbol);
        int c;
        do
            c = draw.Number(1, 50);
        while (then == '-' && (symbol == '*' ? a * b : a + b) < c);
        var scene = new Scene(draw, EnglishWords.Inventive)
        {
            ["a"] = $"{a}",
            ["b"] = $"{b}",
            ["c"] = $"{c}",
            ["op"] = symbol.ToString(),
            ["op2"] = then.ToString(),
        };
        return Answer(scene.Say(s_chains), $"{a}{symbol}{b}{then}{c}", $"{a} {symbol} {b} {then} {c} = ");
    }
}
