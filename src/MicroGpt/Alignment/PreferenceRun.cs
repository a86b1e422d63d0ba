using System.Security.Cryptography;
using MicroGpt.Data;
using MicroGpt.Data.Documents;
using MicroGpt.Numerics;
using MicroGpt.Tokenizers;
using MicroGpt.Training;

namespace MicroGpt.Alignment;

/// <summary>Direct preference optimization: the better reply of a pair becomes likelier, compared with a reference, the worse one less so.</summary>
public sealed class PreferenceRun : AlignmentRun
{
    private static readonly Measures s_measures = new("train loss", "val loss", ["accuracy", "margin"]);

    private readonly Pair[] _train;
    private readonly Pair[] _validation;
    private readonly DocumentOrder _order;
    private readonly Pair[] _step;
    private readonly int _tooLong;
    private double _preferred;
    private double _margin;

    private PreferenceRun(Beginning beginning, string data, string fingerprint, Pair[] train, Pair[] validation, int tooLong)
        : base(beginning, s_measures, data, fingerprint)
    {
        (_train, _validation, _tooLong) = (train, validation, tooLong);
        _order = DocumentOrder.Shuffled(train.Length, Options.Seed);
        _step = new Pair[Options.SequencesPerStep];
    }

    /// <inheritdoc/>
    public override string DataInWords => $"{_train.Length:N0} pairs to learn from, {_validation.Length:N0} to be judged by";

    /// <inheritdoc/>
    public override string StepInWords => Options.AccumulationSteps == 1 ? $"{Options.BatchSize} pairs" : $"{Options.AccumulationSteps} × {Options.BatchSize} pairs";

    /// <inheritdoc/>
    public override string Sample => "";

    /// <inheritdoc/>
    public override IEnumerable<string> Remarks =>
        _tooLong == 0 ? [] : [$"{_tooLong:N0} pairs were left out: with their conversation they are longer than the model's context of {Model.Config.ContextLength} tokens."];

    private protected override int Parts => Options.AccumulationSteps;

    private protected override int Targets => _step.Sum(pair => Sequences.Learned(pair.Chosen) + Sequences.Learned(pair.Rejected));

    internal static PreferenceRun Create(Beginning beginning, string? data)
    {
        if (data is null || beginning.State.Options is { Skills.Count: > 0 } or { Checker: not null })
            throw new ArgumentException("DPO learns from pairs of replies: say where they are with --data FILE, and neither skills nor a checker.");
        var files = InputFiles.Find([data]);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (pairs, tooLong) = (new List<Pair>(), 0);
        foreach (var pair in files.SelectMany(PreferenceFile.Read))
        {
            var encoded = new Pair(Encode(pair.Chosen), Encode(pair.Rejected));
            hash.AppendData([.. encoded.Chosen.Ids.Append(-1).Concat(encoded.Rejected.Ids).Append(-2).SelectMany(BitConverter.GetBytes)]);
            // The last token is only a target.
            if (Math.Max(encoded.Chosen.Ids.Length, encoded.Rejected.Ids.Length) - 1 > beginning.Model.Model.Config.ContextLength)
                tooLong++;
            else
                pairs.Add(encoded);

            ChatTokens Encode(IReadOnlyList<Message> reply) => PreferencePair.Encode(pair.Prompt, reply, beginning.Template, beginning.Model.Tokenizer);
        }

        if (pairs.Count == 0)
            throw new ArgumentException(tooLong == 0
                ? $"{data} has no pairs of replies."
                : $"All {tooLong:N0} pairs of {data} are longer than the model's context of {beginning.Model.Model.Config.ContextLength} tokens.");
        new MersenneTwister(beginning.Options.Seed).Shuffle(pairs);
        var held = (int)(pairs.Count * beginning.Options.ValidationFraction);
        return new PreferenceRun(
            beginning, Path.GetFullPath(data), Convert.ToHexStringLower(hash.GetHashAndReset()), [.. pairs[held..]], [.. pairs[..held]], tooLong);
    }

    /// <inheritdoc/>
    public override ValidationScore? Validate() => _validation.Length == 0 ? null : new ValidationScore(Judge(_validation).Loss, null);

    /// <summary>The mean loss on some of the pairs, the part of them that the model prefers as people do, and by how much, in nats.</summary>
    internal (double Loss, double Accuracy, double Margin) Judge(bool heldBack) => Judge(heldBack ? _validation : _train);

    private protected override void BeginStep()
    {
        base.BeginStep();
        for (var i = 0; i < _step.Length; i++)
            _step[i] = _train[_order[(long)Step * _step.Length + i]];
        (_preferred, _margin) = (0, 0);
    }

    private protected override (Tensor Loss, double Weight) Loss(int part)
    {
        var pairs = _step.AsSpan(part * Options.BatchSize, Options.BatchSize);
        var (loss, preferred, margin) = Loss(pairs, recording: true);
        _preferred += preferred;
        _margin += margin;
        return (loss, 1.0 / Parts);
    }

    private protected override IReadOnlyList<double> Measured() => [_preferred / _step.Length, _margin / _step.Length];

    private (double Loss, double Accuracy, double Margin) Judge(Pair[] pairs)
    {
        var (sum, preferred, margin) = (0.0, 0.0, 0.0);
        foreach (var chunk in pairs.Chunk(Options.BatchSize))
        {
            var (loss, ofThese, by) = Loss(chunk, recording: false);
            (sum, preferred, margin) = (sum + loss.Item * chunk.Length, preferred + ofThese, margin + by);
        }

        return (sum / pairs.Length, preferred / pairs.Length, margin / pairs.Length);
    }

    /// <summary>The mean loss of some pairs, how many of them the model prefers as people do, and the sum of the margins.</summary>
    private (Tensor Loss, double Preferred, double Margin) Loss(ReadOnlySpan<Pair> pairs, bool recording)
    {
        var rows = new ChatTokens[2 * pairs.Length];
        for (var i = 0; i < pairs.Length; i++)
            (rows[2 * i], rows[2 * i + 1]) = (pairs[i].Chosen, pairs[i].Rejected);
        var reference = ReferenceLoss(rows); // (2P, T)
        var columns = reference.Length / rows.Length;
        var margins = new double[pairs.Length];
        for (var i = 0; i < reference.Length; i++)
            margins[i / columns / 2] += i / columns % 2 == 0 ? -reference[i] : reference[i];

        var tokenLoss = TokenLoss(rows, recording);
        var loss = Tape.PreferenceLoss(tokenLoss, Tape.Numbers(margins, new Shape(pairs.Length)), Beta, out var gained);
        var (preferred, sum) = (0, 0.0);
        for (var i = 0; i < pairs.Length; i++)
            (preferred, sum) = (preferred + (gained[i] > 0 ? 1 : 0), sum + gained[i]);
        return (loss, preferred, sum);
    }

    private sealed record Pair(ChatTokens Chosen, ChatTokens Rejected);
}
