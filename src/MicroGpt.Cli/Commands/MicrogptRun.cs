using MicroGpt.Data;
using MicroGpt.Exact;
using MicroGpt.Inference;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Cli.Commands;

/// <summary>microgpt.py's run, whoever computes it: the same documents in the same order, the same weights at the beginning.</summary>
internal abstract class MicrogptRun : IDisposable
{
    public abstract int VocabularySize { get; }

    public abstract long ParameterCount { get; }

    /// <summary>What computes, in words.</summary>
    public abstract string Arithmetic { get; }

    /// <summary>One step of training.</summary>
    /// <returns>Its loss.</returns>
    public abstract double TrainStep();

    /// <summary>A document that the model invents.</summary>
    public abstract string Sample();

    public virtual void Dispose()
    {
    }

    /// <summary>The exact program, in double precision.</summary>
    public sealed class OnExact(Corpus corpus) : MicrogptRun
    {
        private readonly ExactMicrogpt _model = new(corpus);

        public override int VocabularySize => _model.VocabularySize;

        public override long ParameterCount => _model.Parameters.Length;

        public override string Arithmetic => "double precision, equal to microgpt.py to the last bit";

        public override double TrainStep() => _model.TrainStep();

        public override string Sample() => _model.Sample();
    }

    /// <summary>
    /// The engine, in single precision. Not by a <see cref="Trainer"/>, which refuses a context that no document fills.
    /// </summary>
    public sealed class OnEngine : MicrogptRun
    {
        private readonly Device _device = Device.Cpu(threads: 1);
        private readonly CharTokenizer _tokenizer;
        private readonly Gpt _model;
        private readonly IBatchSource _batches;
        private readonly AdamW _optimizer;
        private readonly Generator _generator;
        private readonly Sampler _sampler;
        private readonly Tape _tape;
        private readonly Batch _batch = new();
        private int _step;

        public OnEngine(Corpus corpus)
        {
            var random = new MersenneTwister(Options.Seed);
            _tokenizer = CharTokenizer.Train(corpus.Documents, bos: true);
            var tokens = TokenizedCorpus.Create(corpus, _tokenizer, Options.ValidationFraction, random);
            _model = new Gpt(GptPresets.Microgpt(_tokenizer.VocabularySize), _device);
            _model.Initialize(random);
            _batches = tokens.Batches(Options.BatchSize, _model.Config.ContextLength, random);
            _optimizer = new AdamW(_model.Parameters, _device, Options);
            _generator = new Generator(_model);
            _sampler = new Sampler(new SamplerOptions { Temperature = 0.5 }, random);
            _tape = new Tape(_device);
        }

        public override int VocabularySize => _model.Config.VocabularySize;

        public override long ParameterCount => _model.ParameterCount;

        public override string Arithmetic => "single precision, the engine";

        private static TrainerOptions Options => Recipe.Microgpt.Options;

        public override double TrainStep()
        {
            _batches.FillNext(_batch);
            _tape.Reset();
            var logits = _model.Forward(_tape, _tape.Integers(_batch.Inputs, _batch.Shape)); // (1, T, V)
            var loss = _tape.CrossEntropy(logits, _tape.Integers(_batch.Targets, _batch.Shape));
            var value = loss.Item;
            if (!double.IsFinite(value))
                throw new TrainingDivergedException(_step + 1);
            _tape.Backward(loss);
            var rate = Options.LearningRate * (1 - (double)_step / Options.Steps);
            _optimizer.Step(++_step, rate);
            return value;
        }

        public override string Sample() =>
            string.Concat(_generator.GenerateText(_tokenizer, "", _model.Config.ContextLength, _sampler));

        public override void Dispose()
        {
            _device.Dispose();
            base.Dispose();
        }
    }
}
