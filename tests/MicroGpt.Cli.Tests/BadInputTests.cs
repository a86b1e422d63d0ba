using System.Text.Json.Nodes;

namespace MicroGpt.Cli.Tests;

/// <summary>
/// Everything that people may bring which does not work: each gets one sentence on standard error and exit code 1, and the
/// model that was there before stays as it was, byte for byte.
/// </summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;
    private readonly string _model;

    public BadInputTests()
    {
        _data = _folder.File("text.txt");
        _model = _folder.File("model");
        File.WriteAllText(_data, CommandLine.Text);
        Assert.Equal(0, CommandLine.Run(CommandLine.Train(_data, _model)).Code);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file() => Refused("there is no such file.", Train(_folder.File("missing.txt")));

    [Fact]
    public void A_folder_instead_of_a_file() => Refused("is a folder; a text file is needed.", Train(_folder.Path));

    [Fact]
    public void An_empty_file() => Refused("the file is empty; there is nothing to learn from.", Train(Write("")));

    [Fact]
    public void A_file_of_empty_lines() => Refused("the file is empty", Train(Write("\n \n\t\n"), "--data-as", "lines"));

    [Fact]
    public void A_binary_file() => Refused("the file is binary (a zero byte at 1)", Train(Write("a\0b")));

    [Fact]
    public void A_file_that_is_not_UTF8()
    {
        File.WriteAllBytes(_folder.File("latin1.txt"), [(byte)'c', (byte)'a', (byte)'f', 0xE9, (byte)'\n']);
        Refused("iconv -f latin1 -t utf-8", Train(_folder.File("latin1.txt")));
    }

    [Fact]
    public void A_huge_line() =>
        Refused("read it as text instead of lines", Train(Write(new string('a', (1 << 20) + 1)), "--data-as", "lines"));

    [Fact]
    public void No_file_at_all() => Refused("Say it with --data FILE.", "train", "--out", _model, "--overwrite");

    [Fact]
    public void A_context_longer_than_any_document() =>
        Refused("so use a context of at most 5", Train(Write("anna\nben\n"), "--data-as", "lines"));

    [Fact]
    public void A_text_shorter_than_the_context() => Refused("use a context of at most 2", Train(Write("abc"), "--val-fraction", "0"));

    [Theory]
    [InlineData("3 heads do not divide a width of 8; try a width of 9.", "--heads", "3")]
    [InlineData("3 key-value heads do not divide 2 heads.", "--kv-heads", "3")]
    [InlineData("The number of layers must be at least 1, not 0.", "--layers", "0")]
    [InlineData("The number of heads must be at least 1, not 0.", "--heads", "0")]
    [InlineData("The width must be at least 1, not -8.", "--width", "-8")]
    [InlineData("The context must be at least 1, not 0.", "--context", "0")]
    [InlineData("The batch size must be at least 1, not 0.", "--batch", "0")]
    [InlineData("The number of steps must be at least 1, not 0.", "--steps", "0")]
    [InlineData("The steps between checkpoints must be at least 1, not 0.", "--save-every", "0")]
    [InlineData("The learning rate must be from 0 to 100, not NaN.", "--lr", "NaN")]
    [InlineData("The part of the data to validate on must be from 0 to 0.5, not 0.9.", "--val-fraction", "0.9")]
    [InlineData("A matrix of this model would have", "--width", "1000000000")]
    [InlineData("A model of 2,000,000,000 layers is too large; 10,000 are the most that can be.", "--layers", "2000000000")]
    [InlineData("Training this model with batches of 2 takes", "--width", "22000")]
    [InlineData("The number of batches a step must be at least 1, not 0.", "--accumulate", "0")]
    [InlineData("A step of 1000000000 batches of 2 sequences is too large", "--accumulate", "1000000000")]
    [InlineData("A batch of 2000000000 sequences of 8 tokens is too large", "--batch", "2000000000")]
    [InlineData("The number of threads must be from 1 to 1024, not 0.", "--threads", "0")]
    public void Impossible_sizes(string sentence, string option, string value) => Refused(sentence, Train(_data, option, value));

    [Theory]
    [InlineData("There is no recipe \"cake\"; there are names, shakespeare-char, microgpt.", "--recipe", "cake")]
    [InlineData("There is no preset \"gpt5\"; there are microgpt, gpt2, gpt2-medium, gpt2-large, gpt2-xl, llama, smollm2-135m, qwen3-0.6b, nanochat, microgpt-50m, rnn, gru, lstm, bigram, mlp.", "--preset", "gpt5")]
    public void Unknown_names(string sentence, string option, string value) => Refused(sentence, Train(_data, option, value));

    [Fact]
    public void A_recipe_and_a_preset() =>
        Refused("Give --recipe or --preset, not both", Train(_data, "--recipe", "names", "--preset", "gpt2"));

    [Fact]
    public void The_dial_of_nanochat_is_no_other_models()
    {
        Refused("--depth is the dial of nanochat: say --preset nanochat", Train(_data, "--depth", "6"));
        Refused("--depth is the dial of nanochat: say --preset nanochat", Train(_data, "--depth", "6", "--preset", "gpt2"));
        Refused("A depth of 0 with heads of 128 can't be; try 12 and 128.", Train(_data, "--depth", "0", "--preset", "nanochat"));
    }

    [Theory]
    [InlineData("Cannot parse argument 'many' for option '--steps'. See: microgpt train --help", "train", "--steps", "many", "--out", "x")]
    [InlineData("Cannot parse argument 'verse' for option '--data-as': it can be Lines or Text. See: microgpt train --help", "train", "--data-as", "verse", "--out", "x")]
    [InlineData("Unrecognized command or argument '--stepz'. See: microgpt train --help", "train", "--stepz", "--out", "x")]
    [InlineData("Option '--out' is required. See: microgpt train --help", "train")]
    [InlineData("Option '--model' is required. See: microgpt sample --help", "sample")]
    [InlineData("Unrecognized command or argument 'dance'. See: microgpt --help", "dance")]
    [InlineData("--out needs the name of a folder.", "train", "--out", "")]
    [InlineData("The number of threads must be from 1 to 1024, not 2000.", "--threads", "2000")]
    public void A_command_line_that_makes_no_sense(string sentence, params string[] args) => Refused(sentence, args);

    [Fact]
    public void A_folder_that_holds_a_model_already() =>
        Refused("already holds a model. Go on with it (--resume), replace it (--overwrite), or choose another --out.", CommandLine.Train(_data, _model));

    [Fact]
    public void A_file_where_the_folder_should_be() =>
        Refused("is a file; --out needs a folder.", CommandLine.Train(_data, _data));

    [Fact]
    public void A_device_without_an_end()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "There is no /dev/zero here.");
        Refused("/dev/zero: the file is binary (a zero byte at 0); a text file is needed.", Train("/dev/zero"));
    }

    [Fact]
    public void A_folder_that_can_not_be_made() =>
        Refused("can't be made", CommandLine.Train(_data, Path.Combine(_data, "below")));

    [Fact]
    public void A_learning_rate_that_diverges() =>
        Refused("training has diverged. Try a lower learning rate", Train(_data, "--min-lr", "100", "--weight-decay", "100", "--decay", "constant", "--lr", "100", "--save-every", "1000", "--steps", "1000"));

    [Fact]
    public void A_run_that_diverges_says_how_to_find_out_where_and_then_where()
    {
        string[] wild = ["--min-lr", "100", "--weight-decay", "100", "--decay", "constant", "--lr", "100", "--steps", "1000"];
        var folder = _folder.File("wild");
        var run = CommandLine.Train(_data, folder).ToList();
        foreach (var option in wild)
            if (run.IndexOf(option) is >= 0 and var at)
                run.RemoveRange(at, 2);
        var (code, _, error) = CommandLine.Run([.. run, .. wild]);
        AssertOneSentence($"To find the operation where it began, go on from step ", code, error);
        AssertOneSentence($": microgpt train --resume --out {folder} --check-numerics", code, error);

        (code, _, error) = CommandLine.Run("train", "--resume", "--out", folder, "--check-numerics");
        AssertOneSentence("made the first number that is not finite", code, error);
        AssertOneSentence($" in {folder} is good.", code, error);
    }

    [Fact]
    public void A_full_disk()
    {
        using var disk = new FullDisk();
        FullDisk.Hold(Path.Combine(_model, "training-00000009.safetensors.tmp"));
        var (code, _, error) = CommandLine.Run("train", "--resume", "--out", _model, "--steps", "12");
        AssertOneSentence("No space left on device", code, error);
        Assert.Equal(0, CommandLine.Run("train", "--resume", "--out", _model, "--steps", "12").Code);
    }

    [Theory]
    [InlineData("Which model? Say --model FOLDER, or a recipe, a preset or sizes")]
    [InlineData("Which model? Say --model FOLDER, or a recipe, a preset or sizes", "--batch", "3")]
    [InlineData("has its sizes: leave out --width.", "--model", "MODEL", "--width", "8")]
    [InlineData("The vocabulary must be at least 1, not 0.", "--preset", "gpt2", "--vocab", "0")]
    [InlineData("A model of 1,000,000,000 layers is too large", "--preset", "gpt2", "--layers", "1000000000")]
    [InlineData("A tensor has at most 2,147,479,552 elements", "--preset", "gpt2", "--batch", "1000000000")]
    [InlineData("The batch size must be at least 1, not 0.", "--preset", "gpt2", "--batch", "0")]
    public void No_model_to_describe(string sentence, params string[] args) =>
        Refused(sentence, ["info", .. args.Select(argument => argument == "MODEL" ? _model : argument)]);

    [Fact]
    public void No_model_to_sample_from() => Refused("Train a model first", "sample", "--model", _folder.File("nothing"));

    [Fact]
    public void A_folder_without_a_model() => Refused("holds no checkpoint: model.safetensors is missing.", "info", "--model", _folder.Path);

    [Theory]
    [InlineData("The character 'Q' (U+0051) is not among the 28 that the model was trained on.", "--prompt", "Quick")]
    [InlineData("--count and --max-tokens must be at least 1.", "--count", "0")]
    [InlineData("--count and --max-tokens must be at least 1.", "--max-tokens", "-5")]
    [InlineData("The temperature must be 0 or more, not -1.", "--temperature", "-1")]
    [InlineData("Top-p must be more than 0 and at most 1, not 0.", "--top-p", "0")]
    [InlineData("Top-k must be 0 (for all tokens) or more, not -1.", "--top-k", "-1")]
    public void Impossible_wishes_for_samples(string sentence, params string[] args) =>
        Refused(sentence, ["sample", "--model", _model, .. args]);

    [Theory]
    [InlineData("--exact")]
    [InlineData]
    public void Names_that_can_not_be_learned(params string[] exact)
    {
        Refused("there is no such file.", ["names", _folder.File("missing.txt"), .. exact]);
        Refused("is a folder; a text file is needed.", ["names", _folder.Path, .. exact]);
        Refused("the file is empty; there is nothing to learn from.", ["names", Write(" \n\n"), .. exact]);
        Refused("the file is binary (a zero byte at 1)", ["names", Write("a\0b"), .. exact]);
        Refused("Unrecognized command or argument 'more.txt'. See: microgpt names --help", ["names", _data, "more.txt", .. exact]);
    }

    [Fact]
    public void A_truncated_model()
    {
        var path = Path.Combine(_model, "model.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);
        foreach (var command in (string[][])[["sample", "--model"], ["info", "--model"], ["train", "--resume", "--out"]])
            Refused("model.safetensors is damaged: it is cut short", [.. command, _model]);
    }

    [Fact]
    public void A_damaged_configuration_is_quoted_in_one_line()
    {
        File.WriteAllText(Path.Combine(_model, "config.json"), "{\"format_version\":1,\n\"x\":trux,\n\"y\":1}");
        Refused("config.json is damaged", "info", "--model", _model);
    }

    [Fact]
    public void A_checkpoint_of_another_version()
    {
        var path = Path.Combine(_model, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json["format_version"] = 2;
        File.WriteAllText(path, json.ToJsonString());
        Refused("is of version 2 of the checkpoint folder; this program reads version 1.", "sample", "--model", _model);
        Refused("is of version 2 of the checkpoint folder; this program reads version 1.", "train", "--resume", "--out", _model, "--steps", "20");
    }

    [Fact]
    public void A_run_resumed_with_other_settings() =>
        Refused("A resumed run keeps its settings: leave out --layers, --lr.", "train", "--resume", "--out", _model, "--layers", "2", "--lr", "0.1");

    [Fact]
    public void A_run_resumed_and_overwritten() =>
        Refused("--resume and --overwrite exclude each other.", "train", "--resume", "--overwrite", "--out", _model);

    [Fact]
    public void A_run_that_is_complete() => Refused("give a larger number: --steps 16", "train", "--resume", "--out", _model);

    [Fact]
    public void A_run_whose_data_has_changed()
    {
        File.AppendAllText(_data, "and more");
        Refused("is not what the run in", "train", "--resume", "--out", _model, "--steps", "16");
    }

    [Fact]
    public void A_run_whose_data_is_gone()
    {
        File.Delete(_data);
        Refused("which is not there, or not all of it: put it back, or say with --data where it is now.", "train", "--resume", "--out", _model, "--steps", "16");
        Refused($"learns from {_model}.txt, which is not there", "train", "--resume", "--out", _model, "--steps", "16", "--data", _model + ".txt");
    }

    [Theory]
    [InlineData("width", 16, "does not fit the model")]
    [InlineData("norm_epsilon", 1, "config.json says something else than when the run was saved")] // fits, but would be another run
    public void A_run_whose_configuration_was_changed(string name, int value, string sentence)
    {
        var path = Path.Combine(_model, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.NotNull(json["model"]![name]);
        json["model"]![name] = value;
        File.WriteAllText(path, json.ToJsonString());
        foreach (var part in (string[])[sentence, $". To go on with the run, put the files of {_model} back as they were saved; or begin anew, without --resume."])
            Refused(part, "train", "--resume", "--out", _model, "--steps", "16");
    }

    /// <summary>A run that would replace the model that is there.</summary>
    private string[] Train(string data, params string[] more)
    {
        // An option may be given once: the run's own value goes.
        var args = CommandLine.Train(data, _model, "--overwrite").ToList();
        foreach (var option in more)
            if (args.IndexOf(option) is >= 0 and var at)
                args.RemoveRange(at, 2);
        return [.. args, .. more];
    }

    private string Write(string text)
    {
        var path = _folder.File("bad.txt");
        File.WriteAllText(path, text);
        return path;
    }

    private void Refused(string sentence, params string[] args)
    {
        var before = CommandLine.Files(_model);
        var (code, _, error) = CommandLine.Run(args);
        AssertOneSentence(sentence, code, error);
        CommandLine.AssertSame(before, CommandLine.Files(_model));
    }

    private static void AssertOneSentence(string sentence, int code, string error)
    {
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(1, code);
    }
}
