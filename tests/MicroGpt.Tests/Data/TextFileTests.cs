using System.Text;
using MicroGpt.Data;

namespace MicroGpt.Tests.Data;

public sealed class TextFileTests
{
    [Fact]
    public void A_text_is_read_as_it_stands() => Assert.Equal("é\r\n梓😀\t", Read("é\r\n梓😀\t"u8));

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text() => Assert.Equal("a", Read([0xEF, 0xBB, 0xBF, .. "a"u8]));

    [Fact]
    public void An_empty_file_is_an_empty_text() => Assert.Equal("", Read([]));

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.ThrowsAny<IOException>(() => TextFile.Read("/no/such/file.txt"));
        Assert.Equal("/no/such/file.txt: there is no such file.", error.Message);
    }

    [Fact]
    public void A_folder_is_no_file()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.ThrowsAny<IOException>(() => TextFile.Read(folder.Path));
        Assert.EndsWith("is a folder; a text file is needed.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_file_is_refused_with_the_place()
    {
        var error = Assert.Throws<InvalidDataException>(() => Read("ELF\0\u0001"u8));
        Assert.Contains("the file is binary (a zero byte at 3)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UTF16_is_refused() => Assert.Throws<InvalidDataException>(() => Read(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("abc")).ToArray()));

    [Theory]
    [InlineData(new byte[] { (byte)'c', (byte)'a', (byte)'f', 0xE9 }, 3)] // Latin-1
    [InlineData(new byte[] { (byte)'a', 0xC0, 0x80 }, 1)]                 // an overlong zero
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, 0)]                      // half a surrogate pair
    [InlineData(new byte[] { (byte)'a', (byte)'b', 0xF0, 0x9F, 0x98 }, 2)] // an emoji cut short
    public void What_is_not_UTF8_is_refused_with_the_place_and_a_way_out(byte[] content, int place)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(content));
        Assert.Contains($"not UTF-8 (at byte {place})", error.Message, StringComparison.Ordinal);
        Assert.Contains("iconv", error.Message, StringComparison.Ordinal);
    }

    private static string Read(ReadOnlySpan<byte> content)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("text.txt");
        File.WriteAllBytes(path, content);
        return TextFile.Read(path);
    }
}
