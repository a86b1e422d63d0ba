using System.Text.RegularExpressions;
using MicroGpt.Data;

namespace MicroGpt.Tests.Data;

public sealed partial class EmbeddedDataTests
{
    [Fact]
    public void There_are_3000_names_or_more_in_small_letters_sorted_and_distinct()
    {
        var names = Lines(EmbeddedData.Names);
        Assert.True(names.Length >= 3000, $"{names.Length}");
        Assert.All(names, name => Assert.Matches(Name(), name));
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void There_are_2000_Chinese_names_or_more_of_one_or_two_characters_sorted_and_distinct()
    {
        var names = Lines(EmbeddedData.ChineseNames);
        Assert.True(names.Length >= 2000, $"{names.Length}");
        Assert.All(names, name => Assert.Matches(ChineseName(), name));
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names); // in the first plane: ordinal is by code point
    }

    [Fact]
    public void All_data_sets_can_be_read_and_others_can_not()
    {
        Assert.All(EmbeddedData.All, name => Assert.True(EmbeddedData.Has(name) && EmbeddedData.Read(name).Length > 0));
        Assert.False(EmbeddedData.Has("poems"));
        var error = Assert.Throws<ArgumentException>(() => EmbeddedData.Read("poems"));
        Assert.Contains("names, names-zh", error.Message, StringComparison.Ordinal);
    }

    private static string[] Lines(string name)
    {
        var text = EmbeddedData.Read(name);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text[..^1].Split('\n');
    }

    [GeneratedRegex("^[a-z]{2,13}$")]
    private static partial Regex Name();

    [GeneratedRegex("^[\u4E00-\u9FFF]{1,2}$")]
    private static partial Regex ChineseName();
}
