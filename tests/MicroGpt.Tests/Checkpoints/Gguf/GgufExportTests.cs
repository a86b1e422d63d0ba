using System.Text;
using MicroGpt.Checkpoints;
using MicroGpt.Checkpoints.Gguf;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Checkpoints.Gguf;

/// <summary>What is written is what llama.cpp's own programs write, and reads back as it was.</summary>
public sealed class GgufExportTests : IDisposable
{
    private const string Text = "the quick brown fox jumps over the lazy dog 12 times, naïve and all\n";

    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    /// <summary>The files of blocks are llama.cpp's, of the same model; llama-quantize was told not to make an exception for the head.</summary>
    [Theory]
    [InlineData("llama-f32", "f32", "llama-f32")]
    [InlineData("llama-f32", "q8_0", "llama-q8_0")]
    [InlineData("llama-f32", "q4_0", "llama-q4_0")]
    [InlineData("gpt2-f16", "f16", "gpt2-f16")]
    public void Tensors_and_metadata_are_those_of_llama_cpp(string from, string type, string expectedName)
    {
        var path = _folder.File("out.gguf");
        using (var model = ModelImporter.Import(GgufImportTests.Recorded(from)))
            Export(model, path, type);
        var expectedPath = GgufImportTests.Recorded(expectedName);
        var (ours, theirs) = (File.ReadAllBytes(path), File.ReadAllBytes(expectedPath));
        var (header, expected) = (GgufHeader.Read(ours, ours.Length), GgufHeader.Read(theirs, theirs.Length));

        Assert.Equal(expected.Tensors.Select(tensor => tensor.Name).Order(), header.Tensors.Select(tensor => tensor.Name).Order());
        foreach (var tensor in header.Tensors)
        {
            var other = expected.Tensors.Single(other => other.Name == tensor.Name);
            Assert.Equal(other.Shape, tensor.Shape);
            if (type == "q4_0" && tensor.Name == GgufArchitecture.TokenEmbedding)
            {
                Assert.Equal(GgmlType.Q8_0, tensor.Type);
                continue;
            }

            Assert.Equal(other.Type, tensor.Type);
            if (tensor.Name == GgufRotaryFactors.Name) // theirs are computed in single precision
            {
                for (var i = 0; i < tensor.Shape.Count; i++)
                    Assert.Equal(BitConverter.ToSingle(theirs, (int)other.Offset + 4 * i), BitConverter.ToSingle(ours, (int)tensor.Offset + 4 * i), 1e-6f);
                continue;
            }

            Assert.Equal(theirs.AsSpan((int)other.Offset, (int)other.Bytes), ours.AsSpan((int)tensor.Offset, (int)tensor.Bytes));
        }

        string[] ownDecision = ["general.name", GgufTokenizer.AddBos, GgufTokenizer.AddEos, GgufTokenizer.EotId];
        foreach (var (key, value) in header.Metadata.Values.Where(value => !ownDecision.Contains(value.Key) && !value.Key.StartsWith("microgpt.", StringComparison.Ordinal)))
            Assert.Equal(expected.Metadata.Values[key], value);
        Assert.Equal(["general.size_label"], expected.Metadata.Values.Keys.Except(header.Metadata.Values.Keys));
    }

    public static TheoryData<string, string> Tokenizers { get; } = new MatrixTheoryData<string, string>(
        ["llama", "gpt2"], ["documents", "stream", "gpt2", "cl100k", "qwen2", "no special tokens", "more rows", "none"]);

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void What_goes_out_comes_back(string preset, string kind)
    {
        var tokenizer = Tokenizer(kind);
        var config = TinyModels.Config(preset, (tokenizer?.VocabularySize ?? 20) + (kind == "more rows" ? 5 : 0));
        var template = tokenizer is BpeTokenizer { EosId: not null } ? "{{ messages }}" : null;
        using var weights = new TensorsInMemory(TinyModels.Create(config, _device).Parameters);
        using var original = new StoredModel(config, weights, tokenizer) { ChatTemplate = template };
        var path = _folder.File("model.gguf");
        Export(original, path, "f32");

        using var again = ModelImporter.Import(path);
        var found = Assert.IsType<GptConfig>(again.Config);
        Assert.Equal(config with { InitialDeviation = found.InitialDeviation }, found with { MlpWidth = config.MlpWidth });
        Assert.All(TensorComparison.Compare(original.Weights, again.Weights, cancellation: TestContext.Current.CancellationToken), tensor => Assert.True(tensor.IsNone));
        Assert.Equal(template, again.ChatTemplate);
        if (tokenizer is null)
            Assert.Null(again.Tokenizer);
        else
            Assert.Equal(Encoding.UTF8.GetString(TokenizerJson.Write(tokenizer)), Encoding.UTF8.GetString(TokenizerJson.Write(again.Tokenizer!)));
        Assert.Equal(tokenizer?.BosId, again.Tokenizer?.BosId);
        Assert.Equal(tokenizer?.EosId, again.Tokenizer?.EosId);
    }

    public static TheoryData<string, GptConfig> Kinds { get; } = new()
    {
        { "qwen3", TinyModels.Config("qwen3-0.6b") with { HeadWidth = 8, KeyValueHeads = 1 } },
        { "qwen2", TinyModels.Config("llama") with { QkvBias = true, NormEpsilon = 1e-6 } },
        { "llama", TinyModels.Config("llama") with { TiedHead = false, RotaryTheta = 500_000, RotaryScaling = new(2.5, 0.7, 3, 12) } },
        { "llama", TinyModels.Config("smollm2-135m") with { KeyValueHeads = 1, HeadWidth = 6 } },
        { "gpt2", TinyModels.Config("gpt2-medium") with { TiedHead = false } },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Models_of_every_kind_come_back(string architecture, GptConfig config)
    {
        var original = TinyModels.Create(config, _device);
        using var model = new StoredModel(config, new TensorsInMemory(original.Parameters), null);
        Export(model, _folder.File("x.gguf"), "f32");
        using (var file = GgufFile.Open(_folder.File("x.gguf")))
            Assert.Equal(architecture, file.Metadata.Text("general.architecture"));
        using var again = ModelImporter.Import(_folder.File("x.gguf"));
        Assert.Equal(HuggingFaceModel.WithoutDefaults(config with { Preset = architecture }), again.Config);
        Assert.Equal(Logits(original).ToArray(), Logits(again.Load(_device)).ToArray());
    }

    [Fact]
    public void Rows_that_cant_be_cut_into_blocks_become_halves()
    {
        var config = TinyModels.Config("llama") with { Width = 32, MlpWidth = 40, Heads = 4 };
        using var model = new StoredModel(config, new TensorsInMemory(TinyModels.Create(config, _device).Parameters), null);
        Export(model, _folder.File("q.gguf"), "q4_0");
        using var file = GgufFile.Open(_folder.File("q.gguf"));
        var bytes = file.Entries.ToDictionary(entry => entry.Name, entry => (double)entry.Bytes / entry.Shape.Count);
        Assert.Equal(2, bytes["blk.0.ffn_down.weight"]); // rows of 40
        Assert.Equal(18.0 / 32, bytes["blk.0.ffn_up.weight"]);
        Assert.Equal(34.0 / 32, bytes["token_embd.weight"]); // it is the head too
        Assert.Equal(4, bytes["blk.0.attn_norm.weight"]);
    }

    [Fact]
    public void A_GPT_2_without_biases_gets_zeros()
    {
        var config = TinyModels.Config("gpt2") with { Bias = false };
        var original = TinyModels.Create(config, _device);
        using var model = new StoredModel(config, new TensorsInMemory(original.Parameters), null);
        Export(model, _folder.File("x.gguf"), "f32");
        using var again = ModelImporter.Import(_folder.File("x.gguf"));
        Assert.True(Assert.IsType<GptConfig>(again.Config).Bias);
        Assert.Equal(Logits(original).ToArray(), Logits(again.Load(_device)).ToArray());
    }

    [Fact]
    public void A_number_that_a_type_cant_hold_ends_it_and_leaves_nothing()
    {
        var config = TinyModels.Config("llama");
        var parameters = TinyModels.Create(config, _device).Parameters;
        parameters[0].AsSpan<float>()[3] = 1e6f;
        using var model = new StoredModel(config, new TensorsInMemory(parameters), null);
        var message = Assert.Throws<InvalidDataException>(() => Export(model, _folder.File("x.gguf"), "f16")).Message;
        Assert.Contains("token_embd.weight has the number 1000000", message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("microgpt", "characters", "this one (preset microgpt) differs in a setting from all of them")]
    [InlineData("gelu", "characters", "llama.cpp's gpt2 has no setting for something in this model")]
    [InlineData("stretched", "characters", "llama.cpp's qwen3 has no setting for something in this model")]
    [InlineData("lstm", "characters", "GGUF has no form for a model of the preset lstm")]
    [InlineData("llama", "é", "beyond ASCII, such as é, that has no token for the end of texts")]
    [InlineData("llama", "nanochat", "llama.cpp can't cut text as this tokenizer does")]
    [InlineData("llama", "prefix", "begins every text with a space")]
    [InlineData("llama", "NFKC", "llama.cpp can only bring it into NFC")]
    [InlineData("llama", "strip", "The token <|endoftext|> swallows white space")]
    [InlineData("llama", "words", "for BERT's models only")]
    public void What_llama_cpp_cant_run_gets_a_sentence(string preset, string kind, string sentence)
    {
        var tokenizer = Tokenizer(kind);
        var config = preset switch
        {
            "gelu" => TinyModels.Config("gpt2", tokenizer!.VocabularySize) with { Activation = ActivationKind.GeluErf },
            "stretched" => TinyModels.Config("qwen3-0.6b", tokenizer!.VocabularySize) with { HeadWidth = 8, KeyValueHeads = 1, RotaryScaling = new(8, 1, 4, 8192) },
            _ => TinyModels.OfPreset(preset, tokenizer!.VocabularySize),
        };
        using var model = new StoredModel(config, new TensorsInMemory(config.Create(_device).Parameters), tokenizer);
        Assert.Contains(sentence, Assert.Throws<ArgumentException>(() => Export(model, _folder.File("x.gguf"), "f32")).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_chat_says_what_ends_a_turn()
    {
        var tokenizer = new BpeTrainer(new BpeTrainerOptions { VocabularySize = 280, SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] })
            .Train(Documents, cancellation: TestContext.Current.CancellationToken);
        var template = new ChatMlTemplate().Jinja;
        var metadata = new Dictionary<string, object>();
        GgufTokenizerWriter.Write(tokenizer, tokenizer.VocabularySize, template, metadata);
        Assert.Equal(template, metadata[GgufTokenizer.ChatTemplate]);
        Assert.Equal((uint)tokenizer.SpecialTokens["<|im_end|>"], metadata[GgufTokenizer.EotId]);
        GgufTokenizerWriter.Write(tokenizer, tokenizer.VocabularySize, null, metadata = []);
        Assert.DoesNotContain(GgufTokenizer.EotId, metadata.Keys);
    }

    /// <summary>The merges that stand for characters give the characters and nothing else.</summary>
    [Fact]
    public void Characters_are_spelt_by_merges() =>
        Assert.Equal(["a b", "x y", "xy z", "xy w"], GgufTokenizerWriter.SpellingMerges(["ab", "c", "xyz", "xyw"]));

    [Fact]
    public void Ended_it_leaves_nothing()
    {
        using var model = ModelImporter.Import(GgufImportTests.Recorded("llama-f32"));
        using var source = new CancellationTokenSource();
        var progress = new Ending(source);
        Assert.ThrowsAny<OperationCanceledException>(() => new GgufExport().Write(model, _folder.File("x.gguf"), "f32", progress, source.Token));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private Span<float> Logits(ILanguageModel model)
    {
        var tape = new Tape(_device, recording: false);
        return model.Forward(tape, tape.Integers([1, 2, 3], new Shape(1, 3))).AsSpan<float>();
    }

    private static void Export(StoredModel model, string path, string type)
    {
        var (format, found) = ModelExporter.Find("gguf", type);
        format.Write(model, path, found, progress: null, default);
    }

    private static ITokenizer? Tokenizer(string kind) => kind switch
    {
        "none" => null,
        "documents" => CharTokenizer.Train([Text, "日本 ñ\\"], bos: true),
        "stream" => CharTokenizer.Train([Text.Replace('ï', 'i') + "\\"], bos: false),
        "characters" => CharTokenizer.Train(["abc"], bos: true),
        "é" => CharTokenizer.Train(["né"], bos: false),
        "words" => new WordPieceTrainer(new WordPieceTrainerOptions { VocabularySize = 60 }).Train(Documents),
        "gpt2" => Bpe(Splitter.Gpt2),
        "cl100k" or "more rows" => Bpe(Splitter.Gpt4),
        "qwen2" => Bpe(Splitter.Qwen2),
        "nanochat" => Bpe(Splitter.Nanochat),
        "no special tokens" => new BpeTrainer(new BpeTrainerOptions { VocabularySize = 280 }).Train(Documents),
        "prefix" => With(options => options with { AddPrefixSpace = true }),
        "NFKC" => With(options => options with { Normalization = NormalizationForm.FormKC }),
        _ => With(options => options with { AddedTokens = [options.AddedTokens[0] with { LeftStrip = true }] }),
    };

    private static IEnumerable<ReadOnlyMemory<byte>> Documents => [Encoding.UTF8.GetBytes(Text)];

    private static BpeTokenizer Bpe(Splitter splitter) => new BpeTrainer(new BpeTrainerOptions
    {
        VocabularySize = 280,
        Splitter = splitter,
        SpecialTokens = ["<|endoftext|>"],
        BosToken = "<|endoftext|>",
        EosToken = "<|endoftext|>",
        SpecialTokensLast = splitter == Splitter.Gpt2,
    }).Train(Documents);

    private static BpeTokenizer With(Func<BpeOptions, BpeOptions> change)
    {
        var tokenizer = Bpe(Splitter.Gpt2);
        var vocabulary = Enumerable.Range(0, tokenizer.MergedVocabularySize).Select(id => tokenizer.TokenBytes(id).ToArray()).ToArray();
        return new BpeTokenizer(vocabulary, tokenizer.Merges, change(tokenizer.Options));
    }

    private sealed class Ending(CancellationTokenSource source) : IProgress<long>
    {
        public void Report(long value) => source.Cancel();
    }
}
