using MicroGpt.Data.Curriculum;
using MicroGpt.Evaluation.Tasks;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Evaluation.Tasks;

/// <summary>Files of tasks: what they hold, and what is said of those that can't be asked.</summary>
public sealed class EvaluationTasksTests : IDisposable
{
    private const string Choice = """{"query": "q", "choices": ["a", "b", "c", "d"], "gold": 3}""";
    private const string Schema = """{"context_options": ["x", "y"], "continuation": "z", "gold": 1}""";
    private const string Text = """{"context": " x ", "continuation": "y"}""";
    private const string Question = """{"prompt": "1 + 1?", "accepted": ["2"], "rule": "number"}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Choice, TaskKind.MultipleChoice, 0.25)]
    [InlineData(Schema, TaskKind.Schema, 0.5)]
    [InlineData(Text, TaskKind.LanguageModeling, 0)]
    [InlineData(Question, TaskKind.Generation, 0)]
    public void The_kind_is_seen_and_chance_is_one_among_the_options(string line, TaskKind kind, double baseline)
    {
        var task = Assert.Single(EvaluationTasks.Read(Write("mine.jsonl", line)));
        Assert.Equal(("mine", kind, 1, baseline), (task.Name, task.Kind, task.Count, task.Baseline));
    }

    [Fact]
    public void A_folder_without_a_description_is_all_its_files()
    {
        Write("b.jsonl", Text, Text);
        Write("a.jsonl", Choice, "", Choice);
        var tasks = EvaluationTasks.Read(_folder.Path, kind: null, shots: 1);
        Assert.Equal([("a", 2, 1), ("b", 2, 1)], tasks.Select(task => (task.Name, task.Count, task.Shots)));
        Assert.Equal([1, 3], tasks[0].Items.Select(item => item.Line).Order());
        Assert.Equal(new TaskOption("x", "y"), tasks[1].Items[0].Options[0]);
    }

    [Fact]
    public void Questions_of_generation_have_a_rule_and_may_be_the_curriculums()
    {
        const string Held = """{"messages": [{"role": "user", "content": "u"}, {"role": "assistant", "content": "b c"}], "rule": "letters", "accepted": ["bc"]}""";
        var questions = Assert.Single(EvaluationTasks.Read(Write("q.jsonl", Question, Held, """{"prompt": "p", "accepted": ["A."]}"""))).Questions;
        Assert.Equal([("1 + 1?", ScoringRule.Number), ("p", ScoringRule.Exact), ("u", ScoringRule.Letters)],
            questions.OrderBy(question => question.Prompt, StringComparer.Ordinal).Select(question => (question.Prompt, question.Rule)));
    }

    [Theory]
    [InlineData("""{"query": "q", "choices": ["a"], "gold": 0}""", "from 2 on")]
    [InlineData("""{"query": "q", "choices": ["a", ""], "gold": 0}""", "empty")]
    [InlineData("""{"query": "q", "choices": ["a", "b"], "gold": 2}""", "from 0 to 1")]
    [InlineData("""{"query": "q", "choices": ["a", 1], "gold": 0}""", "list of texts choices")]
    [InlineData("""{"choices": ["a", "b"], "gold": 0}""", "no text query")]
    [InlineData("""{"prompt": "p", "accepted": ["b"], "rule": "luck"}""", "no scoring rule")]
    [InlineData("""{"prompt": "p", "accepted": []}""", "accepted")]
    [InlineData("""{"question": "p"}""", "none of choices")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{", "no question of a task")]
    [InlineData("", "no questions")]
    public void What_can_not_be_asked_is_told_with_its_place(string line, string word)
    {
        var error = Assert.Throws<InvalidDataException>(() => EvaluationTasks.Read(Write("bad.jsonl", line)));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        Assert.Contains("bad.jsonl", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[]""", "no list")]
    [InlineData("""{"icl_tasks": 1}""", "no list")]
    [InlineData("""[{"label": "x"}]""", "dataset_uri")]
    [InlineData("""[{"label": "x", "dataset_uri": "a.jsonl", "icl_task_type": "essay"}]""", "essay")]
    [InlineData("""[{"label": "x", "dataset_uri": "a.jsonl", "icl_task_type": "schema"}]""", "line 1")]
    [InlineData("""[{"label": "x", "dataset_uri": "a.jsonl", "icl_task_type": "multiple_choice", "num_fewshot": [2]}]""", "at least 3 questions")]
    [InlineData("""[{"label": "x", "dataset_uri": "a.jsonl", "icl_task_type": "multiple_choice", "num_fewshot": "2"}]""", "num_fewshot")]
    [InlineData("""[{"label": "x", "dataset_uri": "a.jsonl", "icl_task_type": "multiple_choice", "random_baseline": 25}]""", "0.25")]
    [InlineData("""[{"label": "x", "dataset_uri": "a.jsonl", "icl_task_type": "letters", "num_fewshot": 1}]""", "solved")]
    public void A_description_that_can_not_be_is_told(string description, string word)
    {
        Write("a.jsonl", Choice, Choice);
        Write(EvaluationTasks.DescriptionFile, description);
        Assert.Contains(word, Assert.Throws<InvalidDataException>(() => EvaluationTasks.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_tasks_is_told() =>
        Assert.Contains("no tasks", Assert.Throws<FileNotFoundException>(() => EvaluationTasks.Read(_folder.Path)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Thousands_of_mutations_give_tasks_or_a_sentence(ulong seed)
    {
        var random = new MersenneTwister(seed);
        foreach (var (name, lines) in new[]
        {
            ("a.jsonl", new[] { Choice, Choice, Choice }), ("b.jsonl", [Schema, Schema]), ("c.jsonl", [Text, Text]), ("d.jsonl", [Question, Question]),
            (EvaluationTasks.DescriptionFile, ["""[{"label": "x", "dataset_uri": "a.jsonl", "icl_task_type": "multiple_choice", "num_fewshot": [1], "random_baseline": 0.5}]"""]),
        })
        {
            var path = Write(name, lines);
            var original = File.ReadAllBytes(path);
            for (var i = 0; i < 300; i++)
            {
                File.WriteAllBytes(path, Mutation.Of(original, random));
                try
                {
                    EvaluationTasks.Read(name.EndsWith("json", StringComparison.Ordinal) ? _folder.Path : path);
                }
                catch (Exception exception) when (exception is InvalidDataException or IOException)
                {
                    // a sentence, as it should be
                }
            }
        }
    }

    private string Write(string name, params string[] lines)
    {
        File.WriteAllLines(_folder.File(name), lines);
        return _folder.File(name);
    }
}
