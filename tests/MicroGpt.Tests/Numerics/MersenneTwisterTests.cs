using System.Globalization;
using System.Text.Json;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

/// <summary>The numbers are those of CPython's random module, seeded with 42, as recorded in python-random.json.</summary>
public sealed class MersenneTwisterTests
{
    private static readonly JsonElement s_python =
        JsonDocument.Parse(File.ReadAllBytes(TestFiles.Recorded("python-random.json"))).RootElement;

    [Fact]
    public void Random_words_are_Pythons()
    {
        var random = new MersenneTwister(42);
        Assert.All(Numbers("getrandbits32_first8"), expected => Assert.Equal(expected, random.NextUInt32()));
    }

    [Fact]
    public void Uniform_numbers_are_Pythons()
    {
        var random = new MersenneTwister(42);
        Assert.All(Numbers("random_first5"), expected => Assert.Equal(expected, random.NextDouble()));
    }

    [Fact]
    public void Gaussian_numbers_are_Pythons()
    {
        var random = new MersenneTwister(42);
        Assert.All(Numbers("gauss_0_1_first6"), expected => Assert.Equal(expected, random.NextGaussian()));
    }

    [Fact]
    public void Shuffling_is_Pythons()
    {
        var items = Enumerable.Range(0, 10).ToArray();
        new MersenneTwister(42).Shuffle(items);
        Assert.Equal(Numbers("shuffle_range10"), items.Select(item => (double)item));
    }

    // [*random.Random(seed).sample(range(limit), count)] by CPython 3.11, and the next random() of it
    [Theory]
    [InlineData(10, 3, 42, 0.24489185380347622, new[] { 1, 0, 4 })]
    [InlineData(100, 3, 42, 0.7415504997598329, new[] { 81, 14, 3 })]
    [InlineData(100, 8, 42, 0.7364712141640124, new[] { 81, 14, 3, 94, 35, 31, 28, 17 })]
    [InlineData(30, 10, 7, 0.057998924774706806, new[] { 10, 4, 12, 20, 1, 2, 17, 3, 11, 18 })]
    [InlineData(5, 5, 1, 0.7609624449125756, new[] { 1, 0, 4, 3, 2 })]
    [InlineData(90, 10, 5, 0.9009004917506227, new[] { 79, 32, 45, 88, 83, 67, 3, 59, 31, 6 })]
    [InlineData(1000, 0, 3, 0.23796462709189137, new int[0])]
    public void Samples_are_Pythons(int limit, int count, ulong seed, double next, int[] expected)
    {
        var random = new MersenneTwister(seed);
        Assert.Equal(expected, random.Sample(limit, count));
        Assert.Equal(next, random.NextDouble());
    }

    [Fact]
    public void Weighted_choices_are_Pythons()
    {
        var random = new MersenneTwister(42); // choices(range(4), weights=[1, 2, 3, 4], k=12)
        Assert.All(Numbers("choices_w"), expected => Assert.Equal(expected, random.NextIndex([1, 2, 3, 4])));
    }

    [Fact]
    public void All_that_microgpt_draws_is_Pythons_down_to_the_place_in_the_state()
    {
        var random = new MersenneTwister(42);
        var documents = Enumerable.Range(0, 32033).ToArray();
        random.Shuffle(documents);
        Assert.Equal(Numbers("microgpt_shuffle_index_first10"), documents.Take(10).Select(index => (double)index));
        Assert.Equal(s_python.GetProperty("state_pos_after_shuffle").GetInt32(), random.Save().Next);

        var parameters = Enumerable.Range(0, 4192).Select(_ => random.NextGaussian(0, 0.08)).ToArray();
        var first = s_python.GetProperty("microgpt_init_first4").EnumerateArray().Select(value => FromHex(value.GetString()!));
        Assert.Equal(first, parameters.Take(4));
        Assert.Equal(s_python.GetProperty("state_pos_after_init").GetInt32(), random.Save().Next);
        Assert.Equal(s_python.GetProperty("next_random_after_init(first choices draw)").GetDouble(), random.NextDouble());
    }

    [Fact]
    public void A_seed_of_64_bits_is_Pythons()
    {
        // random.seed(123456789012345678); [random.getrandbits(32) for _ in range(3)]
        var random = new MersenneTwister(123456789012345678);
        Assert.Equal(
            new uint[] { 1860431118, 3007192613, 2189239582 }, new[] { random.NextUInt32(), random.NextUInt32(), random.NextUInt32() });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_saved_state_goes_on_where_it_was_with_the_Gaussian_that_waits(int drawn)
    {
        var random = new MersenneTwister(3);
        for (var i = 0; i < drawn; i++)
            random.NextGaussian();
        var other = new MersenneTwister(4);
        other.Restore(random.Save());
        for (var i = 0; i < 2000; i++)
            Assert.Equal((random.NextGaussian(1, 2), random.NextUInt32()), (other.NextGaussian(1, 2), other.NextUInt32()));
    }

    [Fact]
    public void A_saved_state_stays_as_it_is_when_drawing_goes_on()
    {
        var random = new MersenneTwister(3);
        var state = random.Save();
        var words = state.Words.ToArray();
        random.NextUInt32();
        random.Restore(state);
        random.NextUInt32();
        Assert.Equal(words, state.Words);
    }

    [Fact]
    public void A_state_that_cannot_be_is_refused_and_changes_nothing()
    {
        var random = new MersenneTwister(3);
        var good = random.Save();
        MersenneTwisterState[] bad =
        [
            good with { Words = null! }, good with { Words = [] },
            good with { Words = new uint[623] }, good with { Words = new uint[624] },
            good with { Next = -1 }, good with { Next = 625 },
            good with { Gauss = double.NaN }, good with { Gauss = double.PositiveInfinity },
        ];
        Assert.All(bad, state => Assert.Throws<ArgumentException>(() => random.Restore(state)));
        Assert.Equal(new MersenneTwister(3).NextUInt32(), random.NextUInt32());
    }

    [Fact]
    public void Bounded_integers_reach_every_value_and_no_other()
    {
        var random = new MersenneTwister(1);
        foreach (var limit in new[] { 1, 2, 3, 7, 8 })
            Assert.Equal(Enumerable.Range(0, limit), Enumerable.Range(0, 500).Select(_ => random.NextInt32(limit)).Distinct().Order());
        Assert.InRange(random.NextInt32(int.MaxValue), 0, int.MaxValue - 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt32(0));
    }

    [Fact]
    public void Weights_must_have_a_positive_finite_sum()
    {
        var random = new MersenneTwister(1);
        Assert.Throws<ArgumentException>(() => random.NextIndex([]));
        Assert.Throws<ArgumentException>(() => random.NextIndex([0, 0]));
        Assert.Throws<ArgumentException>(() => random.NextIndex([1, double.NaN]));
        Assert.Throws<ArgumentException>(() => random.NextIndex([1, double.PositiveInfinity]));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(1, random.NextIndex([0, 5, 0])));
    }

    private static IEnumerable<double> Numbers(string name) =>
        s_python.GetProperty(name).EnumerateArray().Select(value => value.GetDouble());

    /// <summary>Python's <c>float.hex</c>: -0x1.5e0f197606e9ep-5.</summary>
    private static double FromHex(string text)
    {
        var parts = text.TrimStart('-')[4..].Split('p'); // behind "0x1."
        var fraction = long.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) / Math.Pow(2, 52);
        return (text[0] == '-' ? -1 : 1) * (1 + fraction) * Math.Pow(2, int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
