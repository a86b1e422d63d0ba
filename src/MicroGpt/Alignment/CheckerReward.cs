using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MicroGpt.Tokenizers;

namespace MicroGpt.Alignment;

/// <summary>
/// A person's own program rewards. It is started for the replies of every step, gets one line of JSON a reply on its standard input
/// (<c>prompt</c>, <c>reply</c>, <c>expected</c> as texts, and <c>messages</c>, all of the conversation with its calls of tools), and
/// writes one number a line in the same order. Its standard error is for its own messages, the last of which is told if it fails.
/// </summary>
/// <param name="command">The program and its arguments, in quotes where they hold spaces.</param>
/// <param name="timeout">How long it may take for the replies of one step.</param>
public sealed class CheckerReward(string command, TimeSpan timeout) : IReward
{
    private const int LongestNumber = 64; // characters
    private const int LongestMessage = 500;
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly string[] _words = Words(command);

    /// <inheritdoc/>
    public IReadOnlyList<double> Score(IReadOnlyList<(RolloutPrompt Prompt, Message Reply)> replies)
    {
        ArgumentNullException.ThrowIfNull(replies);
        using var program = Start();
        var problem = new StringBuilder();
        program.ErrorDataReceived += (_, line) => Keep(problem, line.Data);
        program.BeginErrorReadLine();
        var written = Task.Run(() => Write(program, replies));
        var most = LongestNumber * (replies.Count + 1);
        var read = Task.Run(() => Read(program.StandardOutput, most));
        try
        {
            if (read.Wait(timeout) && read.Result.Length == most)
                throw new IOException($"The checker \"{command}\" writes more than a number a line for each of {replies.Count} replies.");
            if (!Task.WaitAll([written, read], timeout) || !program.WaitForExit(timeout))
                throw new IOException($"The checker \"{command}\" took longer than {timeout.TotalSeconds:0.#} seconds for {replies.Count} replies. Make it faster, or give it more time with --checker-seconds.");
        }
        finally
        {
            if (!program.HasExited)
                program.Kill(entireProcessTree: true);
        }

        program.WaitForExit(); // for the rest of its messages
        if (program.ExitCode != 0)
            throw new IOException($"The checker \"{command}\" ended with exit code {program.ExitCode}{(problem.Length == 0 ? "." : $": {problem}")} Try it by hand: it gets lines of JSON on its standard input.");
        return Numbers(read.Result, replies.Count);
    }

    /// <summary>The words of a command line, of which some stand in quotes.</summary>
    /// <exception cref="ArgumentException">There is none, or a quotation does not end.</exception>
    internal static string[] Words(string command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, inWord) = ('\0', false);
        foreach (var letter in command)
        {
            if (quote != '\0' && letter == quote)
                quote = '\0';
            else if (quote == '\0' && letter is '"' or '\'')
                (quote, inWord) = (letter, true);
            else if (quote == '\0' && char.IsWhiteSpace(letter))
                EndWord();
            else
                (_, inWord) = (word.Append(letter), true);
        }

        EndWord();
        return quote == '\0' && words.Count > 0
            ? [.. words]
            : throw new ArgumentException($"The checker must be a program and its arguments, not \"{command}\".");

        void EndWord()
        {
            if (inWord)
                words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(_words[0], _words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = s_utf8,
            StandardOutputEncoding = s_utf8,
            StandardErrorEncoding = s_utf8,
            CreateNoWindow = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (ExternalException exception)
        {
            throw new IOException($"The checker \"{_words[0]}\" can't be started: {exception.Message.TrimEnd('.')}. Say where it is, or which program runs it: --checker \"python3 check.py\"", exception);
        }
    }

    private static void Write(Process program, IReadOnlyList<(RolloutPrompt Prompt, Message Reply)> replies)
    {
        try
        {
            using var input = program.StandardInput.BaseStream;
            foreach (var (prompt, reply) in replies)
                input.Write(Line(prompt, reply));
        }
        catch (IOException)
        {
            // It does not read all of it; what it answers tells whether that is a fault.
        }
    }

    private static byte[] Line(RolloutPrompt prompt, Message reply)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, ConversationJsonWriter.Options))
        {
            json.WriteStartObject();
            json.WriteString("prompt", prompt.Conversation.Messages[^1].Text);
            json.WriteString("reply", reply.Text);
            json.WriteString("expected", prompt.Expected?.Text); // null where there is none
            ConversationJsonWriter.WriteMessages(json, [.. prompt.Conversation.Messages, reply]);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>All that it writes, but no more than so many characters.</summary>
    private static string Read(StreamReader output, int most)
    {
        var text = new char[most];
        var length = output.ReadBlock(text);
        return new string(text, 0, length);
    }

    private List<double> Numbers(string output, int count)
    {
        var numbers = new List<double>(count);
        foreach (var line in output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                throw new IOException($"The checker \"{command}\" wrote \"{(line.Length <= LongestNumber ? line : line[..LongestNumber] + "…")}\" where a number is needed, one a line for each reply.");
            numbers.Add(number);
        }

        return numbers.Count == count
            ? numbers
            : throw new IOException($"The checker \"{command}\" wrote {numbers.Count} numbers for {count} replies; it must write one a line for each.");
    }

    private static void Keep(StringBuilder problem, string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        problem.Clear(); // the last line says what was wrong
        problem.Append(line.Length <= LongestMessage ? line.Trim() : line[..LongestMessage]);
    }
}
