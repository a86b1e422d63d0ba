using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>Choosing among calculator, clock, date, weather and notes, or none of them, and using what the tool gives.</summary>
internal sealed class Tools(double weight) : Skill("tools", "en", weight)
{
    private static readonly Template[] s_sums = All(
        "What is {a} {op} {b}?", "[Calculate|Compute] {a} {op} {b}.", "How much is {a} {op} {b}?", "I have to pay {a} and {b} coins. What is the sum?", "Add {a} and {b}.", "[Use the calculator|Calculate for me]: {a} {op} {b}.");

    private static readonly Template[] s_clock = All(
        "What time is it[?| now?]", "[Can|Could] you tell me the time[?|, please?]", "How late is it[?| now?]", "Tell me the time[.|, please.]", "Do you [know|have] the time?", "What does the clock say?", "Look at the clock[.|, please.]", "{hero} asks what time it is.", "{hero} wants to know the time.", "When it is {time2}, {hero} must leave. What time is it now?", "My watch says {time2}. What time is it?",
        "[{hero} called|The bus came|The shop opens|Lunch is|The film starts] at {time2}. [What time is it?|What is the time now?|How late is it?|Tell me the time.|Do you have the time?]",
        "{hero} [asks|would like to know|must know] [how late it is|what time it is|the time].", "[Please tell|Tell] {hero} [the time|how late it is].");

    private static readonly Template[] s_clockHeldOut = All(
        "{hero} has to go at {time2}. How late is it now?", "{hero} wants to know how late it is.", "My clock says {time2}. Do you know the time?", "{hero} asks me for the time.", "The train leaves at {time2}. What time is it now?", "{hero} comes at {time2}. Can you tell me the time?");

    private static readonly Template[] s_date = All(
        "What day is it[?| today?]", "What is the date[?| today?]", "Which day is [it|today]?", "[Can|Could] you tell me [the date|what day it is][?|, please?]", "Tell me [the date|today's date][.|, please.]", "What is today's date?", "Do you know [the date|which day it is]?", "{hero} asks what day it is.", "{hero} wants to know the date.", "{hero} needs today's date for a letter.",
        "{hero} [asks|would like to know|must know] [the date|what the date is|which day it is].", "[I fill in a form|I must sign this|{hero} begins a diary]. What [day|date] is it[?| today?]");

    private static readonly Template[] s_dateHeldOut = All(
        "{hero} asks which day it is today.", "{hero} wants to know what day it is.", "{hero} asks me for the date.", "I write a letter to {hero}. What is the date today?", "Can you tell {hero} what day it is?", "{hero} needs to know today's date.", "Tell {hero} the date, please.");

    private static readonly Template[] s_weather = All(
        "What is the weather [like |]in {town}[?| today?]", "How is the weather in {town}[?| today?| now?]", "Is it [raining|cold|warm|sunny|windy] in {town}[?| today?| now?]", "[Will I|Do I] need [an umbrella|a coat|a hat] in {town}[?| today?]", "How [warm|cold] is it in {town}[?| now?]", "Tell me the weather in {town}[.|, please.]", "[I am going to|We travel to|{hero} goes to] {town}. How is the weather there?", "Weather in {town}[?|, please.]");

    private static readonly Template[] s_notes = All(
        "What do my notes say about {topic}?", "Look in my notes for {topic}.", "[Search|Check] my notes for {topic}[.|, please.]", "What did I write [down |]about {topic}?", "Did I write anything about {topic}?", "[Find|Show me] my note about {topic}.", "Do I have a note about {topic}?", "I made a note about {topic}. What does it say?");

    private static readonly Template[] s_noted = All(
        "Ask {hero} about {topic}.", "Call {hero} at {time}.", "Do not forget {topic}.", "{hero} will help with {topic}.", "{^topic}: on Monday at {time}.", "{^topic}: on Friday at {time}.", "{^topic}: bring {a thing}.", "Talk to {hero} about {topic} at {time}.", "Buy {a thing} before {time}.");

    // What needs no tool: the answer stands behind the arrow.
    private static readonly Template[] s_none = All(
        "Say hello to {hero}. => Hello, {hero}!", "Say goodbye to {hero}. => Goodbye, {hero}!", "Say thank you to {hero}. => Thank you, {hero}!", "Please greet {hero}. => Hello, {hero}!",
        "My name is {hero}. What is my name? => Your name is {hero}.", "I am {hero}. Who am I? => You are {hero}.", "[This is my friend|My friend is] {hero}. What is my friend's name? => Your friend's name is {hero}.",
        "I like {food}. What do I like? => You like {food}.", "I have {a thing}. What do I have? => You have {a thing}.", "My {thing} is {color}. Which color is my {thing}? => Your {thing} is {color}.",
        "Write a sentence about {a animal}. => The {animal} is asleep.", "Tell me something about {a animal}. => The {animal} is an animal.", "What is {a animal}? => {^a animal} is an animal.", "Is {a animal} an animal? => Yes, {a animal} is an animal.", "Is {a thing} an animal? => No, {a thing} is not an animal.",
        "Write a sentence with the word \"{thing}\". => I can see {a thing}.", "Repeat the word \"{thing}\". => {^thing}.", "Say \"{thing}\" two times. => {^thing}, {thing}.", "[Write|Say] a wish for {hero}. => I wish you all the best, {hero}!");

    private static readonly string[] s_days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    private static readonly string[] s_months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    private static readonly string[] s_skies = ["sunny", "cloudy", "rainy", "windy", "foggy", "stormy"];

    public override string Description => "choosing among calculator, clock, date, weather, notes or no tool, and using the result";

    public override string ScoredBy => "the first call is one of the right tool; there is no call where none is needed";

    public override double GoesOn => 0.2;

    public override Example Next(Draw draw)
    {
        var scene = new Scene(draw, EnglishWords.Inventive) { ["time"] = Time(draw), ["time2"] = Time(draw) };
        return draw.Index(6) switch
        {
            0 => Sum(scene),
            1 => Call(scene.Say(draw.Part == CurriculumPart.Test ? s_clockHeldOut : s_clock), "clock", "clock()", scene["time"], $"It is {scene["time"]}."),
            2 => Date(scene),
            3 => Weather(scene),
            4 => Notes(scene),
            _ => None(scene.Say(s_none)),
        };
    }

    /// <summary>A time of day, such as 14:05, by a number of minutes that the part may use.</summary>
    internal static string Time(Draw draw)
    {
        int minutes;
        do
            minutes = draw.Index(24 * 60);
        while (!draw.Allows(minutes));
        return $"{minutes / 60}:{minutes % 60:00}";
    }

    /// <summary>A day and a month's index, by a day of the year that the part may use.</summary>
    internal static (int Day, int Month) DayOfYear(Draw draw)
    {
        int day, month;
        do
            (day, month) = (1 + draw.Index(28), draw.Index(12));
        while (!draw.Allows(28 * month + day));
        return (day, month);
    }

    internal static Example Call(string prompt, string tool, string call, string output, string text) =>
        new(prompt, Example.Call(call, output, text), ScoringRule.Tool, [tool]);

    internal static Example None(string told)
    {
        var parts = told.Split(" => ");
        return new(parts[0], Example.Say(parts[1]), ScoringRule.Tool, [Scoring.NoTool]);
    }

    private static Example Sum(Scene scene)
    {
        var symbol = scene.Draw.Pick("+-*/".ToCharArray());
        var (a, b) = Arithmetic.Operands(scene.Draw, symbol);
        (scene["a"], scene["b"], scene["op"]) = ($"{a}", $"{b}", symbol.ToString());
        var prompt = scene.Say(s_sums);
        if (prompt.Contains(" and ", StringComparison.Ordinal))
            symbol = '+';
        var result = Calculator.Evaluate($"{a}{symbol}{b}")!;
        return Call(prompt, Scoring.CalculatorTool, $"{a}{symbol}{b}", result, $"{a} {symbol} {b} = {result}.");
    }

    private static Example Date(Scene scene)
    {
        var (day, month) = DayOfYear(scene.Draw);
        var date = $"{scene.Draw.Pick(s_days)}, {day} {s_months[month]}";
        return Call(scene.Say(scene.Draw.Part == CurriculumPart.Test ? s_dateHeldOut : s_date), "date", "date()", date, $"Today is {date}.");
    }

    private static Example Weather(Scene scene)
    {
        if (scene.Draw.Chance(0.4))
            scene["town"] = InventedWords.Name(scene.Draw);
        var weather = $"{scene.Draw.Pick(s_skies)}, {scene.Draw.Number(2, 34)} degrees";
        var prompt = scene.Say(s_weather);
        return Call(prompt, "weather", $"weather(\"{scene["town"]}\")", weather, $"The weather in {scene["town"]}: {weather}.");
    }

    private static Example Notes(Scene scene)
    {
        var prompt = scene.Say(s_notes);
        var topic = scene["topic"];
        var call = $"notes(\"{topic[4..]}\")"; // without "the"
        if (scene.Draw.Chance(0.2))
            return Call(prompt, "notes", call, "nothing found", $"Your notes say nothing about {topic}.");
        var note = scene.Say(s_noted);
        return Call(prompt, "notes", call, note, $"Your notes say: \"{note}\"");
    }
}
