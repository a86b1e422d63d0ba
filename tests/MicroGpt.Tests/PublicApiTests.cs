using MicroGpt.Models;

namespace MicroGpt.Tests;

/// <summary>Nothing enters or leaves the library's public surface unseen.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_the_approved_one() =>
        Approved.Matches("tests/MicroGpt.Tests/PublicApi", PublicApi.Describe(typeof(Gpt).Assembly));
}
