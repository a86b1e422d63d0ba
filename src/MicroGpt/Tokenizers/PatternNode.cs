namespace MicroGpt.Tokenizers;

/// <summary>A part of a split pattern, and what must match behind it; null is the end of the pattern.</summary>
internal abstract class PatternNode
{
    private PatternNode(PatternNode? next) => Next = next;

    /// <summary>What must match behind this part.</summary>
    public PatternNode? Next { get; }

    /// <summary>A run of characters of a set.</summary>
    public sealed class Run(CharacterSet set, int least, int most, bool possessive, PatternNode? next) : PatternNode(next)
    {
        public CharacterSet Set => set;

        public int Least => least;

        public int Most => most;

        /// <summary>Whether it keeps all it can, even where the rest then fails.</summary>
        public bool Possessive => possessive;
    }

    /// <summary>One of several ways to go on, each of which contains what is behind; the first that matches counts.</summary>
    public sealed class Choice(IReadOnlyList<PatternNode?> ways) : PatternNode(null)
    {
        public IReadOnlyList<PatternNode?> Ways => ways;
    }

    /// <summary>One of several ways, each for itself: once one has matched, the others are not tried (<c>(?&gt;…)</c>, <c>(…)?+</c>).</summary>
    public sealed class Atomic(IReadOnlyList<PatternNode?> ways, PatternNode? next) : PatternNode(next)
    {
        public IReadOnlyList<PatternNode?> Ways => ways;
    }

    /// <summary>What must follow, or must not, without being part of the piece.</summary>
    public sealed class Look(IReadOnlyList<PatternNode?> ways, bool negative, PatternNode? next) : PatternNode(next)
    {
        public IReadOnlyList<PatternNode?> Ways => ways;

        public bool Negative => negative;
    }

    /// <summary>The end of the text.</summary>
    public sealed class End(PatternNode? next) : PatternNode(next);
}
