namespace MicroGpt.Cli.Output;

/// <summary>How many questions are answered, in one line that goes when all are; nothing in files and pipes.</summary>
internal static class EvaluationProgress
{
    public static T Run<T>(CommandContext context, string name, int count, bool isShown, Func<IProgress<int>?, T> ask)
    {
        if (!isShown || !context.IsInteractive)
            return ask(null);
        var result = default(T);
        Spectre.Console.AnsiConsoleExtensions.Status(context.Console).Start(Text(0), status => result = ask(new Told(done => status.Status = Text(done))));
        return result!;

        string Text(int done) => Spectre.Console.Markup.Escape($"{name}: {done} of {count}");
    }

    private sealed class Told(Action<int> tell) : IProgress<int>
    {
        public void Report(int value) => tell(value);
    }
}
