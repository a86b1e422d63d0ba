namespace MicroGpt.Data.Curriculum;

/// <summary>What a piece of the curriculum is for.</summary>
public enum CurriculumPart
{
    /// <summary>What a model learns from.</summary>
    Train,

    /// <summary>Other examples of the same words: to watch the learning.</summary>
    Validation,

    /// <summary>The held-out part: names, numbers, objects and phrasings that stand nowhere in the other two.</summary>
    Test,
}
