using MicroGpt.Data.Curriculum.Language;
using MicroGpt.Numerics;

namespace MicroGpt.Data.Curriculum;

/// <summary>The random choices behind examples, each from what the part of the curriculum may use.</summary>
internal sealed class Draw(ulong seed, CurriculumPart part)
{
    private readonly MersenneTwister _random = new(seed);

    public CurriculumPart Part => part;

    private bool IsTest => part == CurriculumPart.Test;

    /// <summary>Whether something happens that happens that often.</summary>
    public bool Chance(double probability) => _random.NextDouble() < probability;

    /// <summary>An index below a limit.</summary>
    public int Index(int limit) => _random.NextInt32(limit);

    public TItem Pick<TItem>(IReadOnlyList<TItem> items) => items[_random.NextInt32(items.Count)];

    public string Pick(Fillers fillers) => Pick(fillers.Of(part));

    public void Shuffle<TItem>(IList<TItem> items) => _random.Shuffle(items);

    /// <summary>
    /// A number in [<paramref name="low"/>, <paramref name="high"/>] that this part may use. Those held out are every seventh
    /// from 17 on, so all digits occur in both; a test's range reaches at least from 11 to 38, since small numbers are all for
    /// training.
    /// </summary>
    public int Number(int low, int high)
    {
        if (IsTest)
            (low, high) = (Math.Max(low, 11), Math.Max(high, 38));
        int number;
        do
            number = low + _random.NextInt32(high - low + 1);
        while (!Allows(number));
        return number;
    }

    /// <summary>Whether this part may use a number.</summary>
    public bool Allows(int number) => IsHeldOut(number) == IsTest;

    /// <summary>Whether a number belongs to the test.</summary>
    public static bool IsHeldOut(int number) => number > 10 && number % 7 == 3;
}
