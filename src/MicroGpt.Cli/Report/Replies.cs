using System.Text;
using MicroGpt.Checkpoints;
using MicroGpt.Cli.Output;
using MicroGpt.Data.Curriculum;
using MicroGpt.Inference;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Report;

/// <summary><c>replies.jsonl</c> in a model's folder: what it replied when it was asked a question of each skill.</summary>
internal static class Replies
{
    public const string FileName = "replies.jsonl";

    private const int MostTokens = 48; // enough for a reply; one that can't reply goes on and on

    /// <summary>Asks a model the first held-out question of each skill in one language, and keeps its replies.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="curriculum">The curriculum's folder.</param>
    /// <param name="device">Where.</param>
    /// <param name="cancellation">Ends it.</param>
    public static void Write(string folder, string curriculum, Device device, CancellationToken cancellation)
    {
        var questions = from skill in CurriculumSkills.All
                        let path = Path.Combine(curriculum, CurriculumFile.PathOf(skill, CurriculumPart.Test))
                        where !skill.IsText && File.Exists(path)
                        select new Conversation([new Message(Message.User, HeldOutExamples.Read(path).First().Prompt)]);
        Conversation[] asked = [.. questions];
        var loaded = ModelCheckpoint.Load(folder, device);
        var generator = new ChatGenerator(loaded.Model, loaded.Tokenizer, options: new ReplyOptions { MaxTokens = MostTokens, Tool = Calculator.Evaluate });
        var replies = generator.Reply(asked, cancellation: cancellation);
        AtomicFile.Write(Path.Combine(folder, FileName), stream =>
        {
            foreach (var (conversation, reply) in asked.Zip(replies))
            {
                stream.Write(ConversationJson.Write(new Conversation([.. conversation.Messages, reply.Message])));
                stream.Write("\n"u8);
            }
        });
    }

    /// <summary>What was kept: the question for a title, the reply for a text. Nothing where nothing was kept.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static IReadOnlyList<ReportSample> Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? [.. File.ReadLines(path).Where(line => line.Length > 0).Select(Sample)] : [];

        ReportSample Sample(string line)
        {
            try
            {
                var messages = ConversationJson.Read(Encoding.UTF8.GetBytes(line)).Messages;
                return new ReportSample(messages[0].Text, messages.Count > 1 ? ReplyText.Of(messages[^1]) : "");
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidDataException($"{path} is damaged: {exception.Message}", exception);
            }
        }
    }
}
