using System.Globalization;
using System.Text;
using MicroGpt.Checkpoints;
using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Chat;

/// <summary>Reads what a person types, line by line: words for the model, or commands that begin with a slash.</summary>
internal sealed class ChatLoop(CommandContext context, Talk talk, string name)
{
    private const string Quotes = "\"\"\"";

    private static readonly (string Name, string Argument, string Meaning)[] s_commands =
    [
        ("/help", "", "this list"),
        ("/retry", "", "another reply to the last message"),
        ("/clear", "", "forget what was said"),
        ("/system", "TEXT", "another system message; without TEXT none"),
        ("/temperature", "X", "0: always the likeliest token; 1: as the model finds them likely"),
        ("/top-k", "K", "choose among the K likeliest tokens; without K among all"),
        ("/top-p", "P", "choose among the likeliest that together have probability P; without P among all"),
        ("/save", "FILE", "write the conversation, a line of JSON"),
        ("/load", "FILE", "go on with a conversation that was saved"),
        ("/exit", "", "end (as Ctrl-D)"),
    ];

    public void Run()
    {
        context.WriteLine($"Talking to {name}. /help tells what else can be typed; a line that ends in \\ goes on in the next, {Quotes} begins and ends a longer text.");
        using var input = new StreamReader(context.Streams.OpenInput(), Encoding.UTF8);
        while (Read(input) is { } text)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (text.Trim() is "/exit" or "/quit")
                return;
            try
            {
                if (text.TrimStart().StartsWith('/'))
                    Do(text.Trim());
                else if (text.Trim().Length > 0)
                    talk.Ask(text);
            }
            catch (Exception exception) when (exception is ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException)
            {
                context.WriteLine(exception.Message);
            }
        }

        context.WriteLine();
    }

    /// <summary>What a person has typed, perhaps in several lines; null at the end.</summary>
    private string? Read(StreamReader input)
    {
        Ask("> ");
        if (input.ReadLine() is not { } line)
            return null;
        var text = new StringBuilder();
        if (line.TrimStart().StartsWith(Quotes, StringComparison.Ordinal))
        {
            var rest = line.TrimStart()[Quotes.Length..];
            while (!rest.TrimEnd().EndsWith(Quotes, StringComparison.Ordinal))
            {
                text.Append(rest).Append('\n');
                Ask("… ");
                if (input.ReadLine() is not { } next)
                    return text.ToString().Trim('\n');
                rest = next;
            }

            return text.Append(rest.TrimEnd()[..^Quotes.Length]).ToString().Trim('\n');
        }

        while (line.EndsWith('\\'))
        {
            text.Append(line.AsSpan(0, line.Length - 1)).Append('\n');
            Ask("… ");
            line = input.ReadLine() ?? "";
        }

        return text.Append(line).ToString();
    }

    private void Ask(string prompt)
    {
        context.Console.Profile.Out.Writer.Write(prompt);
        context.Console.Profile.Out.Writer.Flush();
    }

    private void Do(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var (command, argument) = space < 0 ? (text, "") : (text[..space], text[(space + 1)..].Trim());
        var sampler = talk.Options.Sampler;
        switch (command)
        {
            case "/help":
                foreach (var known in s_commands)
                    context.WriteLine($"  {known.Name + " " + known.Argument,-16} {known.Meaning}");
                break;
            case "/retry":
                if (!talk.Retry())
                    context.WriteLine("Nothing has been said yet.");
                break;
            case "/clear":
                talk.Clear();
                context.WriteLine("All forgotten.");
                break;
            case "/system":
                talk.System = argument.Length > 0 ? argument : null;
                break;
            case "/temperature":
                talk.Options = (talk.Options with { Sampler = sampler with { Temperature = Number(argument) } }).Validate();
                break;
            case "/top-k":
                talk.Options = (talk.Options with { Sampler = sampler with { TopK = argument.Length == 0 ? 0 : (int)Number(argument) } }).Validate();
                break;
            case "/top-p":
                talk.Options = (talk.Options with { Sampler = sampler with { TopP = argument.Length == 0 ? 1 : Number(argument) } }).Validate();
                break;
            case "/save":
                var path = File(argument);
                var conversation = new Conversation(talk.Messages);
                AtomicFile.Write(path, stream => stream.Write([.. ConversationJson.Write(conversation), (byte)'\n']));
                context.WriteLine($"Saved in {argument}.");
                break;
            case "/load":
                talk.Replace(ConversationJson.Read(System.IO.File.ReadAllBytes(File(argument))));
                context.WriteLine($"Going on with {talk.Messages.Count} messages.");
                break;
            default:
                context.WriteLine($"There is no command {command}; there are {string.Join(", ", s_commands.Select(known => known.Name))}.");
                break;
        }
    }

    private static string File(string argument) => argument.Length > 0 ? argument : throw new ArgumentException("Which file? Say it behind the command.");

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw new ArgumentException($"\"{text}\" is not a number.");
}
