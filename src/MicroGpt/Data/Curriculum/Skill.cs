namespace MicroGpt.Data.Curriculum;

/// <summary>A skill as the generator sees it.</summary>
/// <param name="name">The name of its files.</param>
/// <param name="language"><c>en</c> or <c>zh</c>.</param>
/// <param name="weight">Its part of the curriculum's bytes, relative to the other skills' weights.</param>
internal abstract class Skill(string name, string language, double weight) : ISkill
{
    public string Name => name;

    public string Language => language;

    /// <summary>Its part of the curriculum's bytes, relative to the other skills' weights.</summary>
    public double Weight => weight;

    public virtual bool IsText => false;

    public abstract string Description { get; }

    public abstract string ScoredBy { get; }

    /// <summary>How likely another short exchange follows in the same conversation, outside of the test; where it is 0, none does.</summary>
    public virtual double GoesOn => 0;

    /// <summary>Whether there is a held-out part of it.</summary>
    public virtual bool HasTest => true;

    /// <summary>The next example.</summary>
    public abstract Example Next(Draw draw);

    /// <summary>The next example and, outside of the test, others that only make sense behind it.</summary>
    public virtual IReadOnlyList<Example> Together(Draw draw) => [Next(draw)];
}
