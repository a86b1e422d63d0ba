using MicroGpt.Data.Documents;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Data.Documents;

/// <summary>Tables of tasks become conversations, or a sentence.</summary>
public sealed class TaskFormTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sentiment", "a.csv", "label,text\nPositive.,\"Good, \"\"very\"\" good\"\n", "Sentiment: Good, \"very\" good", "Positive.")]
    [InlineData("sentiment", "a.tsv", "text\tlabel\tmore\nGood, so far\tPositive.\tx\n", "Sentiment: Good, so far", "Positive.")]
    [InlineData("summarize", "a.jsonl", "\n{\"text\": \"Long.\", \"summary\": \"Short.\"}\n", "Summarize in one sentence: Long.", "Short.")]
    [InlineData("qa", "a.csv", "question,answer\nWho?,I.\n", "Who?", "I.")]
    [InlineData("qa", "a.csv", "question,answer,passage\nWho?,I.,It is I.\n", "Who?\nPassage: It is I.", "I.")]
    [InlineData("qa", "a.jsonl", "{\"question\": \"Who?\", \"answer\": \"I.\", \"passage\": \"It is I.\"}", "Who?\nPassage: It is I.", "I.")]
    public void A_record_is_a_question_and_its_answer(string task, string file, string content, string asked, string replied)
    {
        var conversation = Assert.Single(Read(task, file, content)).Conversation!;
        Assert.Equal([(Message.User, asked), (Message.Assistant, replied)], conversation.Messages.Select(message => (message.Role, message.Text)));
    }

    [Theory]
    [InlineData("sentiment", "a.csv", "text,feeling\nGood,Positive.\n", "no column \"label\"")]
    [InlineData("sentiment", "a.csv", "text,label\nGood\n", "line 2")]
    [InlineData("sentiment", "a.csv", "text,label\nGood,\n", "line 2: label is empty")]
    [InlineData("qa", "a.jsonl", "{\"question\": \"Who?\"}", "no text answer")]
    [InlineData("qa", "a.jsonl", "{\"question\": \"Who?\"", "line 1")]
    [InlineData("qa", "a.txt", "Who?", ".csv, .tsv or .jsonl")]
    public void What_is_no_such_table_is_told_with_its_place(string task, string file, string content, string word)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(task, file, content));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_have_names() =>
        Assert.Contains("sentiment, summarize, qa", Assert.Throws<ArgumentException>(() => TaskForm.Named("essay")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Thousands_of_mutations_give_conversations_or_a_sentence(ulong seed)
    {
        var random = new MersenneTwister(seed);
        foreach (var (name, content) in new[] { ("a.csv", "question,answer,passage\nWho?,I.,\"It \"\"is\"\" I.\"\nWhere?,Here.,\n"), ("b.jsonl", "{\"question\": \"Who?\", \"answer\": \"I.\"}\n") })
        {
            var original = System.Text.Encoding.UTF8.GetBytes(content);
            for (var i = 0; i < 500; i++)
            {
                File.WriteAllBytes(_folder.File(name), Mutation.Of(original, random));
                try
                {
                    _ = TaskForm.Named("qa").Read(_folder.File(name)).ToList();
                }
                catch (Exception exception) when (exception is InvalidDataException or IOException)
                {
                    // a sentence, as it should be
                }
            }
        }
    }

    private List<Document> Read(string task, string file, string content)
    {
        File.WriteAllText(_folder.File(file), content);
        return [.. TaskForm.Named(task).Read(_folder.File(file))];
    }
}
