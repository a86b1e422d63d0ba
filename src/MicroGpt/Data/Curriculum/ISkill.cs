namespace MicroGpt.Data.Curriculum;

/// <summary>Something that a model can learn from the curriculum, and how it is seen that it has.</summary>
public interface ISkill
{
    /// <summary>The name of its files.</summary>
    string Name { get; }

    /// <summary>The language's code, <c>en</c> or <c>zh</c>.</summary>
    string Language { get; }

    /// <summary>Whether it is learned from documents; else from conversations.</summary>
    bool IsText { get; }

    /// <summary>What it is, in a line.</summary>
    string Description { get; }

    /// <summary>How it is scored, in a line.</summary>
    string ScoredBy { get; }
}
