using MicroGpt.Alignment;

namespace MicroGpt.Tests.Alignment;

public sealed class AdvantagesTests
{
    [Fact]
    public void A_reply_is_compared_with_the_others_of_its_group() =>
        Assert.Equal([0.75, -0.25, -0.25, -0.25, 0, 0, 0, 0], Advantages.Of([1, 0, 0, 0, 5, 5, 5, 5], 4, divided: false));

    [Fact]
    public void Divided_by_the_deviation_they_are_as_long_in_every_group()
    {
        var advantages = Advantages.Of([1, 0, 0, 0, 100, 0, 0, 0, 7, 7, 7, 7], 4, divided: true);
        Assert.Equal([1.5, -0.5, -0.5, -0.5], advantages[..4].Select(advantage => Math.Round(advantage, 3)));
        Assert.Equal(advantages[0], advantages[4], 1e-3);
        Assert.All(advantages[8..], advantage => Assert.Equal(0, advantage));
    }
}
