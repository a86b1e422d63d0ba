using System.Text;
using MicroGpt.Data.Documents;

namespace MicroGpt.Tests.Data.Documents;

public sealed class JsonDocumentsTests
{
    private static readonly DocumentReaderOptions s_skip = new() { SkipBad = true };

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.ndjson")]
    [InlineData("a.json")]
    public void A_line_is_an_object_with_a_text(string name) => Assert.Equal(
        ["one", "two\n\"2\" 梓😀/", "three"],
        Reading.Texts(name, """
            {"text":"one"}
            {"id": 7, "meta": {"text": "no", "n": [1, {"text": 2}]}, "text": "two\n\"2\" \u6893\ud83d\ude00\/"}

            { "t\u0065xt" : "three" , "end":null}
            """));

    [Fact]
    public void Empty_texts_are_no_documents() =>
        Assert.Empty(Reading.Texts("a.jsonl", """
            {"text":""}
            {"text":null}
            """));

    [Fact]
    public void The_property_can_be_named() =>
        Assert.Equal(["x"], Reading.Texts("a.jsonl", """{"text":"y","content":"x"}""", new() { Field = "content" }));

    [Theory]
    [InlineData("""{"content":"x","id":3}""", "a.jsonl: line 2: there is no \"text\" in it; there are \"content\", \"id\". Name one of them with --field.")]
    [InlineData("{}", "there is none.")]
    [InlineData("""{"text":["x"]}""", "a.jsonl: line 2: \"text\" is no text, but an array.")]
    [InlineData("7", "a.jsonl: line 2: there is no JSON object, but a number.")]
    [InlineData("{\"text\":\"x\"", "a.jsonl: line 2: damaged JSON (at byte 11)")]
    [InlineData("{\"text\":\"x\"}{}", "a.jsonl: line 2: damaged JSON (at byte 12)")]
    [InlineData("{\"text\":\"x}", "a.jsonl: line 2: damaged JSON")]
    [InlineData("{\"text\":\"\\ud800\"}", "half a surrogate pair")]
    [InlineData("{\"text\":\"\\ud800x\"}", "half a surrogate pair")]
    [InlineData("{\"\\ud800tex\":\"x\"}", "half a surrogate pair")]
    [InlineData("{\"text\":\"a\tb\"}", "a.jsonl: line 2: damaged JSON (at byte 10)")]
    public void A_damaged_line_is_named_and_ends_the_reading(string line, string sentence)
    {
        var error = Reading.Error("a.jsonl", "{\"text\":\"good\"}\n" + line + "\n{\"text\":\"good\"}");
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.EndsWith("Mend it, or leave bad records out (--skip-bad).", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_lines_are_skipped_and_counted_where_that_is_asked_for()
    {
        var documents = Reading.Documents("a.jsonl", [.. "{\"text\":\"a\"}\n{\n{\"text\":\"b\"}\n{\"text\":\""u8, 0xFF, .. "\"}\n{\"text\":\"c\"}"u8], s_skip, out var bad);
        Assert.Equal(["a", "b", "c"], documents.Select(document => document.Text));
        Assert.Equal([1L, 3, 5], documents.Select(document => document.Number));
        Assert.Equal(2, bad.Count);
        Assert.StartsWith("a.jsonl: line 2: damaged JSON", bad.Sentences[0], StringComparison.Ordinal);
        Assert.StartsWith("a.jsonl: line 4: not UTF-8 (at byte 37 of the file)", bad.Sentences[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"Hi!"},{"role":"assistant","content":"Hello."}]}""")]
    [InlineData("""{"id":1,"text":"no","conversations":[{"from":"human","value":"Hi!"},{"from":"gpt","value":"Hello."}]}""")]
    [InlineData("""[{"role":"user","content":"Hi!"},{"role":"assistant","content":"Hello."}]""")]
    public void Conversations_are_recognized(string line)
    {
        var documents = Reading.Documents("a.jsonl", Encoding.UTF8.GetBytes("{\"text\":\"a\"}\n" + line));
        Assert.Null(documents[0].Conversation);
        Assert.Equal(["Hi!", "Hello."], documents[1].Conversation!.Messages.Select(message => message.Text));
        Assert.Equal("Hi!\nHello.", documents[1].Text);
    }

    [Fact]
    public void Where_the_property_is_named_there_are_no_conversations() => Assert.Equal(
        ["x"], Reading.Texts("a.jsonl", """{"messages":[],"text":"x"}""", new() { Field = "text" }));

    [Fact]
    public void A_damaged_conversation_is_bad() => Assert.StartsWith(
        "a.jsonl: line 1: Message 1 has no \"content\".", Reading.Error("a.jsonl", """{"messages":[{"role":"user"}]}"""), StringComparison.Ordinal);

    [Fact]
    public void Of_many_bad_lines_the_first_are_told_and_all_counted()
    {
        Reading.Documents("a.jsonl", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\n", 1000))), s_skip, out var bad);
        Assert.Equal(1000, bad.Count);
        Assert.Equal(20, bad.Sentences.Count);
    }

    [Fact]
    public void Nesting_has_an_end()
    {
        var error = Reading.Error("a.jsonl", "{\"x\":" + new string('[', 1_000_000));
        Assert.Contains("damaged JSON", error, StringComparison.Ordinal);
        Assert.Contains("depth", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.json")]
    public void A_line_of_many_gigabytes_is_passed_without_holding_it(string name)
    {
        var stream = new EndlessStream(3L << 30, "{\"text\":\"", "\"}\n{\"text\":\"b\"}");
        var bad = new BadRecords(skip: true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var documents = Formats.Read(stream, name, s_skip with { LongestRecord = 1 << 20 }, bad).ToList();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        Assert.Equal("b", documents.Single().Text);
        Assert.StartsWith($"{name}: line 1: longer than 1,048,576 bytes", bad.Sentences.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData(" [\n] \n")]
    public void An_empty_array_has_no_document(string json) => Assert.Empty(Reading.Texts("a.json", json));

    [Theory]
    [InlineData("""[{"text":"a]\\\"[,"},{"text":"b","x":[1,{"y":","}]}]""")]
    [InlineData("\uFEFF\n [ \n {\n  \"text\": \"a]\\\\\\\"[,\"\n} ,\n\n { \"text\": \"b\" }\n]\n")]
    public void The_elements_of_an_array_are_documents(string json) => Assert.Equal(["a]\\\"[,", "b"], Reading.Texts("a.json", json));

    [Fact]
    public void Elements_know_the_line_they_begin_on()
    {
        var documents = Reading.Documents("a.json", "[\n  {\"text\":\n \"a\"},\n\n {\"text\": \"b\"}, 7, {\"text\": \"c\"}]"u8, s_skip, out var bad);
        Assert.Equal([2L, 5, 5], documents.Select(document => document.Number));
        Assert.Equal(["a.json: line 5: there is no JSON object, but a number."], bad.Sentences);
    }

    [Theory]
    [InlineData("[{\"text\":\"a\"}", "the JSON array never ends")]
    [InlineData("[{\"text\":\"a", "the JSON array never ends")]
    [InlineData("[{\"text\":\"a\\", "the JSON array never ends")]
    [InlineData("[", "the JSON array never ends")]
    [InlineData("[{\"text\":\"a\"},]", "damaged JSON")]
    [InlineData("[{\"text\":\"a\"} {\"text\":\"a\"}]", "damaged JSON")]
    [InlineData("[{\"text\":\"a\"}]\n[{\"text\":\"b\"}]", "name the file .jsonl")]
    public void A_damaged_array_is_refused(string json, string sentence) =>
        Assert.Contains(sentence, Reading.Error("a.json", json), StringComparison.Ordinal);

    [Fact]
    public void An_element_of_many_gigabytes_is_passed_without_holding_it()
    {
        var stream = new EndlessStream(3L << 30, "[{\"text\":\"", "\"},\n{\"text\":\"b\"}]");
        var bad = new BadRecords(skip: true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var documents = Formats.Read(stream, "a.json", s_skip with { LongestRecord = 1 << 20 }, bad).ToList();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        Assert.Equal(("b", 2), (documents.Single().Text, documents[0].Number));
        Assert.Equal(1, bad.Count);
    }
}
