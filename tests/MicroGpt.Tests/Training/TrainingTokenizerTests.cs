using System.Text;
using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Data.Documents;
using MicroGpt.Data.Prepared;
using MicroGpt.Inference;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

/// <summary>A model keeps its tokenizer: what it says of the start of texts is true of the training, and its chat template comes along.</summary>
public sealed class TrainingTokenizerTests : IDisposable
{
    private const string Template = "{{ messages }}";

    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Cpu(threads: 1);

    public static TheoryData<string> Kinds => ["bpe", "wordpiece", "characters"];

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_model_of_one_text_begins_as_it_has_learned_and_not_with_a_token_it_never_met(string kind)
    {
        var tokenizer = Tokenizer(kind);
        Assert.NotNull(tokenizer.BosId);
        var trainer = Start(Corpus.FromText("x.txt", TinyModels.Text, CorpusKind.Text), tokenizer);
        Assert.True(new Observer().Watch(trainer, _folder.File("model")));
        var loaded = ModelCheckpoint.Load(_folder.File("model"), _device);
        Assert.All([trainer.Tokenizer, loaded.Tokenizer], saved => Assert.Equal((null, null), (saved.BosId, saved.EosId)));
        Assert.Equal(tokenizer.Encode("the dog"), loaded.Tokenizer.Encode("the dog"));

        var sampler = () => new Sampler(new SamplerOptions { Temperature = 0 }, new MersenneTwister(1));
        var generator = new Generator(loaded.Model);
        var expected = generator.Generate(tokenizer.Encode("the dog"), 8, sampler()).ToArray();
        var decoder = new StreamingDecoder(tokenizer);
        Assert.Equal(
            string.Concat(expected.Select(decoder.Add)) + decoder.Flush(),
            string.Concat(generator.GenerateText(loaded.Tokenizer, "the dog", 8, sampler())));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_model_of_documents_keeps_the_token_between_them(string kind)
    {
        var tokenizer = Tokenizer(kind);
        var trainer = Start(Corpus.FromText("x.txt", TinyModels.Text.Replace(' ', '\n') + TinyModels.Text, CorpusKind.Lines), tokenizer);
        trainer.Save(_folder.File("model"));
        Assert.Equal(tokenizer.BosId, ModelCheckpoint.Load(_folder.File("model"), _device).Tokenizer.BosId);
    }

    [Theory]
    [InlineData(1, BatchKind.Windows, false)]
    [InlineData(1, BatchKind.Documents, true)]
    [InlineData(2, BatchKind.Windows, true)]
    public void Windows_of_a_single_prepared_document_are_one_text_too(int documents, BatchKind kind, bool begins)
    {
        using var corpus = Prepare(documents);
        var trainer = Trainer.Start(corpus, kind, TinyModels.Config(), TinyModels.Options, _device);
        Assert.Equal(begins, trainer.Tokenizer.BosId is not null);
    }

    [Fact]
    public void The_chat_template_comes_along_also_when_a_run_is_resumed_elsewhere()
    {
        var trainer = Start(Corpus.FromText("x.txt", TinyModels.Text, CorpusKind.Text), Tokenizer("bpe"), Path.GetFullPath(_folder.File("x.txt")));
        Assert.False(new Observer(stopBehind: 3).Watch(trainer, _folder.File("model")));
        Assert.Equal(Template, ModelCheckpoint.Load(_folder.File("model"), _device).ChatTemplate);
        Trainer.Resume(_folder.File("model"), _device).Save(_folder.File("elsewhere"));
        Assert.Equal(Template, TokenizerFiles.LoadConfig(_folder.File("elsewhere")).ChatTemplate);

        using var corpus = Prepare(5);
        Trainer.Start(corpus, BatchKind.Packed, TinyModels.Config(), TinyModels.Options, _device).Save(_folder.File("prepared"));
        Assert.Equal(Template, TokenizerFiles.LoadConfig(_folder.File("prepared")).ChatTemplate);
    }

    private Trainer Start(Corpus corpus, ITokenizer tokenizer, string? file = null)
    {
        if (file is not null)
            File.WriteAllText(file, corpus.Documents[0]);
        return Trainer.Start(
            file is null ? corpus : Corpus.Load(file, corpus.Kind), TinyModels.Config() with { ContextLength = 4 }, TinyModels.Options, _device, tokenizer, Template);
    }

    private PreparedCorpus Prepare(int documents)
    {
        new CorpusPreparation(Tokenizer("bpe"), new PreparationOptions { ValidationFraction = 0, TokenizerChatTemplate = Template }).Run(
            Enumerable.Range(1, documents).Select(i => new Document(Encoding.UTF8.GetBytes(TinyModels.Text + i), "x.txt", i)), _folder.File("data"),
            cancellation: TestContext.Current.CancellationToken);
        return PreparedCorpus.Open(_folder.File("data"));
    }

    private static ITokenizer Tokenizer(string kind)
    {
        ReadOnlyMemory<byte>[] texts = [Encoding.UTF8.GetBytes(TinyModels.Text)];
        return kind switch
        {
            "bpe" => new BpeTrainer(new BpeTrainerOptions { VocabularySize = 270, SpecialTokens = ["<|end|>"], BosToken = "<|end|>", EosToken = "<|end|>" })
                .Train(texts, cancellation: TestContext.Current.CancellationToken),
            "wordpiece" => new WordPieceTrainer(new WordPieceTrainerOptions { VocabularySize = 60 }).Train(texts, cancellation: TestContext.Current.CancellationToken),
            _ => CharTokenizer.Train([TinyModels.Text], bos: true),
        };
    }
}
