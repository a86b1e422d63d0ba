using System.Text.Json.Serialization;
using MicroGpt.Models;

namespace MicroGpt.Cli.Speedruns;

/// <summary>How large a model to train, and for how long. The same plan, seed and data give the same model to the last bit.</summary>
/// <param name="Layers">The depth, the one dial: width and heads follow.</param>
/// <param name="OwnSteps">Steps of pretraining on the person's own texts, before those on the curriculum's.</param>
/// <param name="PretrainingSteps">Steps of pretraining on the curriculum's texts.</param>
/// <param name="FineTuningSteps">Steps of fine-tuning on conversations.</param>
/// <param name="RewardSteps">Steps of learning from rewards.</param>
/// <param name="SecondsAStep">What a step of pretraining was measured to take.</param>
internal sealed record SpeedrunPlan(int Layers, int OwnSteps, int PretrainingSteps, int FineTuningSteps, int RewardSteps, double SecondsAStep)
{
    public const int HeadSize = 32;
    public const string English = "en";
    public const string Chinese = "zh";
    public const int Context = 192;
    public const int BatchSize = 11;

    /// <summary>The deepest model: for a deeper one the curriculum has too little to say.</summary>
    public const int MostLayers = 12;

    /// <summary>The part of all the time for learning from rewards.</summary>
    public const double RewardShare = 0.03;

    /// <summary>The depth that <see cref="ReferenceSteps"/> are known of.</summary>
    public const int ReferenceLayers = 4;

    private const int ReferenceSteps = 4100; // after so many, it knows the curriculum (docs/log.md)
    private const int FewestSteps = 10;
    private const long MostOwnReadings = 10; // of a person's own texts: read more often, a model learns them by heart
    private const double RewardStepInSteps = 6; // what a step with rewards takes, in steps of training: it writes 128 replies
    private const double OwnShare = 0.15; // of all steps, at most
    private const double PretrainingShare = 0.11; // of what is left: for such small models, replies teach the language as well
    private const int StepsToSpeak = 500; // before which a model says nothing that makes sense
    private const double Tolerance = 1.15; // of the time that a larger model wants

    [JsonIgnore]
    public int Width => Layers * HeadSize;

    /// <summary>Whether there is too little time for a model that makes sense.</summary>
    [JsonIgnore]
    public bool IsTooShort => OwnSteps + PretrainingSteps + FineTuningSteps < StepsToSpeak;

    /// <summary>The tokens to learn: of Chinese, every character that the curriculum is written with is to be one.</summary>
    public static int VocabularySize(string language) => language == Chinese ? 1408 : 1024;

    /// <summary>The model: nanochat's, half as wide for its depth.</summary>
    public static GptConfig Model(int layers, int vocabularySize) => GptPresets.Nanochat(vocabularySize, layers, HeadSize) with
    {
        Heads = layers,
        Width = layers * HeadSize,
        ContextLength = Context,
    };

    /// <summary>
    /// The depth for a budget. A model N times as large wants about N times the tokens (Hoffmann et al. 2022, arxiv.org/abs/2203.15556), each
    /// of which takes N times as long: the size grows with the square root of the time.
    /// </summary>
    /// <param name="seconds">The time to train.</param>
    /// <param name="secondsAStep">What a step of <see cref="ReferenceLayers"/> takes on this machine.</param>
    public static int LayersFor(double seconds, double secondsAStep)
    {
        var layers = 1;
        while (layers < MostLayers && ReferenceSteps * secondsAStep * Math.Pow(Size(layers + 1), 2) <= seconds * Tolerance)
            layers++;
        return layers;

        static double Size(int layers) => Math.Pow((double)layers / ReferenceLayers, 3);
    }

    /// <summary>As many steps as there is time for.</summary>
    /// <param name="layers">The depth.</param>
    /// <param name="seconds">The time to train.</param>
    /// <param name="secondsAStep">What a step of that depth takes on this machine.</param>
    /// <param name="ownTokens">The tokens of the person's own texts.</param>
    public static SpeedrunPlan For(int layers, double seconds, double secondsAStep, long ownTokens)
    {
        var steps = seconds / secondsAStep;
        var own = ownTokens == 0 ? 0 : Math.Max(FewestSteps, (int)Math.Min(OwnShare * steps, MostOwnReadings * ownTokens / (BatchSize * Context)));
        var pretraining = Math.Max(FewestSteps, (int)(PretrainingShare * (steps - own)));
        return new SpeedrunPlan(
            layers,
            own,
            pretraining,
            FineTuningSteps: Math.Max(FewestSteps, (int)steps - own - pretraining),
            RewardSteps: Math.Max(1, (int)(seconds / (1 - RewardShare) * RewardShare / (RewardStepInSteps * secondsAStep))),
            secondsAStep);
    }

    /// <summary>The plan with the fine-tuning that there is still time for.</summary>
    /// <param name="seconds">The time left to train.</param>
    /// <param name="pretraining">The seconds that pretraining took, or fewer where it was stopped on the way.</param>
    public SpeedrunPlan WithTimeLeft(double seconds, double pretraining) =>
        this with { FineTuningSteps = Math.Max(FewestSteps, (int)(seconds / Math.Max(SecondsAStep, pretraining / (OwnSteps + PretrainingSteps)))) };
}
