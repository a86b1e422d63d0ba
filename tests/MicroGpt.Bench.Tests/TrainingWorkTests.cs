namespace MicroGpt.Bench.Tests;

public class TrainingWorkTests
{
    /// <summary>6N + 12·L·C·T a token, worked out by hand: N is 794,752 numbers in matrices, without the positions' 64 × 128.</summary>
    [Fact]
    public void A_step_of_the_128_wide_model_has_its_useful_operations() =>
        Assert.Equal((6.0 * 794_752 + 12.0 * 4 * 128 * 64) * 768, TrainingWork.Find("char").Flops);

    [Theory]
    [InlineData("char")]
    [InlineData("microgpt")]
    public void Built_in_data_fits_the_model(string name) => Assert.NotEmpty(TrainingWork.Find(name).LoadCorpus(null).Documents);

    [Fact]
    public void Data_with_another_number_of_characters_is_refused()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "abc");
            var error = Assert.Throws<ArgumentException>(() => TrainingWork.Find("char").LoadCorpus(file));
            Assert.Contains("3 different characters", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
