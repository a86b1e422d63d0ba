using System.Security.Cryptography;
using MicroGpt.Data;

namespace MicroGpt.Tests.Data;

public sealed class PublishedDataTests
{
    [Theory]
    [InlineData("names32k", "names.txt")]
    [InlineData("tinyshakespeare", "tinyshakespeare.txt")]
    public void Sizes_and_checksums_are_those_of_the_files(string name, string dataSet)
    {
        var content = File.ReadAllBytes(TestFiles.DataSet(dataSet));
        var file = PublishedData.All.Single(data => data.Name == name).Files.Single();
        Assert.Equal((file.Bytes, file.Sha256), (content.Length, Convert.ToHexStringLower(SHA256.HashData(content))));
    }

    [Fact]
    public void Every_address_is_a_secure_one_and_every_file_has_a_name_of_its_own()
    {
        var files = PublishedData.All.SelectMany(data => data.Files).ToArray();
        Assert.All(files, file => Assert.Equal("https", new Uri(file.Source).Scheme));
        Assert.Equal(files.Length, files.DistinctBy(file => file.Name).Count());
        Assert.Equal("fineweb-edu-shard_01822.parquet", PublishedData.All.Single(data => data.IsSharded).Files[^1].Name);
    }
}
