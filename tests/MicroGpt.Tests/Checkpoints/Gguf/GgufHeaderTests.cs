using MicroGpt.Checkpoints.Gguf;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Checkpoints.Gguf;

/// <summary>What files say about themselves, right and wrong; a wrong file ends in a sentence.</summary>
public sealed class GgufHeaderTests
{
    private const uint F32 = 0;
    private const uint Q8 = 8;

    [Theory]
    [InlineData(2u, false)]
    [InlineData(3u, false)]
    [InlineData(3u, true)]
    public void Versions_and_ends_are_read(uint version, bool bigEndian)
    {
        var file = new GgufBytes(version, bigEndian) { Alignment = 64 };
        file.Value("general.alignment", 4, file.Number(64u))
            .Value("a.text", 8, file.Text("né"))
            .Value("a.flag", 7, [1])
            .Value("a.long", 10, file.Number(7ul))
            .Value("a.array", 9, file.Number(5u), file.Number(2ul), file.Number(1u), file.Number(0xFFFFFFFFu))
            .Value("a.texts", 9, file.Number(8u), file.Number(2ul), file.Text("x"), file.Text(""))
            .Tensor("t", F32, 0, 3, 2)
            .Tensor("s", F32, 64);
        var bytes = file.File(new byte[64 + 4]);
        var header = GgufHeader.Read(bytes, bytes.Length);
        Assert.Equal(bigEndian, header.BigEndian);
        Assert.Equal("né", header.Metadata.Text("a.text"));
        Assert.True(header.Metadata.Flag("a.flag"));
        Assert.Equal(7, header.Metadata.Int("a.long"));
        Assert.Equal([1, -1], header.Metadata.Ints("a.array")!);
        Assert.Equal(["x", ""], header.Metadata.Texts("a.texts")!);
        Assert.Equal(new GgufTensor("t", GgmlType.F32, new Shape(2, 3), bytes.Length - 68), header.Tensors[0]);
        Assert.Equal(new GgufTensor("s", GgmlType.F32, new Shape(1), bytes.Length - 4), header.Tensors[1]);
    }

    [Theory]
    [InlineData("it does not begin with GGUF")]
    [InlineData("it is cut short")]
    [InlineData("it is of version 1 of GGUF; 2 and 3 can be read")]
    [InlineData("it should have 1000000 tensors, for which it is too short")]
    [InlineData("it should have 18446744073709551615 values, for which it is too short")]
    [InlineData("it should have 4611686018427387904 bytes in a text, for which it is too short")]
    [InlineData("it should have 536870912 numbers in an array, for which it is too short")]
    [InlineData("it should have 100 texts in an array, for which it is too short")]
    [InlineData("it has an array of arrays, which can't be read here")]
    [InlineData("it has a value of type 13, which is unknown")]
    [InlineData("the text at 47 is not UTF-8")]
    [InlineData("it has k twice")]
    [InlineData("it has t twice")]
    [InlineData("its general.alignment is no power of two")]
    [InlineData("t has 5 dimensions; 4 can be")]
    [InlineData("t has a dimension of 9223372036854775808, which is too large")]
    [InlineData("t has more than 2147479552 numbers, which can't be used here")]
    [InlineData("t is stored as Q6_K, which can't be read here; F32, F16, BF16, Q8_0 and Q4_0 can. llama-quantize --allow-requantize makes an F16 file of it")]
    [InlineData("t is stored as number 99, which can't be read here; F32, F16, BF16, Q8_0 and Q4_0 can. llama-quantize --allow-requantize makes an F16 file of it")]
    [InlineData("t has rows of 33 numbers, but Q8_0 stores 32 together")]
    [InlineData("t is not at a multiple of 32 bytes")]
    [InlineData("t reaches beyond the file's end: it is cut short")]
    [InlineData("t and u overlap")]
    public void A_damaged_file_gets_a_sentence(string sentence)
    {
        var bytes = Damaged(sentence);
        Assert.Equal(sentence, Assert.Throws<InvalidDataException>(() => GgufHeader.Read(bytes, bytes.Length)).Message);
    }

    private static byte[] Damaged(string sentence)
    {
        var file = new GgufBytes();
        return sentence.Split(':')[0] switch
        {
            "it does not begin with GGUF" => [.. "GGML"u8, .. new byte[40]],
            "it is cut short" => [.. "GGUF"u8, 3, 0],
            "it is of version 1 of GGUF; 2 and 3 can be read" => new GgufBytes(version: 1).File(),
            "it should have 1000000 tensors, for which it is too short" => new GgufBytes { ClaimedTensors = 1000000 }.File(),
            "it should have 18446744073709551615 values, for which it is too short" => new GgufBytes { ClaimedValues = ulong.MaxValue }.File(),
            "it should have 4611686018427387904 bytes in a text, for which it is too short" => file.Value("k", 8, file.Number(1ul << 62)).File(),
            "it should have 536870912 numbers in an array, for which it is too short" => file.Value("k", 9, file.Number(6u), file.Number(1ul << 29)).File(),
            "it should have 100 texts in an array, for which it is too short" => file.Value("k", 9, file.Number(8u), file.Number(100ul)).File(),
            "it has an array of arrays, which can't be read here" => file.Value("k", 9, file.Number(9u), file.Number(0ul)).File(),
            "it has a value of type 13, which is unknown" => file.Value("k", 13, [0]).File(),
            "the text at 47 is not UTF-8" => file.Value("key", 8, file.Number(2ul), [0xC3, 0x28]).File(),
            "it has k twice" => file.Value("k", 7, [0]).Value("k", 7, [0]).File(),
            "it has t twice" => file.Tensor("t", F32, 0, 8).Tensor("t", F32, 32, 8).File(new byte[64]),
            "its general.alignment is no power of two" => file.Value("general.alignment", 4, file.Number(48u)).File(),
            "t has 5 dimensions; 4 can be" => file.Tensor("t", F32, 0, 1, 1, 1, 1, 1).File(new byte[4]),
            "t has a dimension of 9223372036854775808, which is too large" => file.Tensor("t", F32, 0, 1ul << 63).File(new byte[4]),
            "t has more than 2147479552 numbers, which can't be used here" => file.Tensor("t", F32, 0, 1 << 16, 1 << 16).File(new byte[4]),
            "t has rows of 33 numbers, but Q8_0 stores 32 together" => file.Tensor("t", Q8, 0, 33, 32).File(new byte[2000]),
            "t is not at a multiple of 32 bytes" => file.Tensor("t", F32, 16, 4).File(new byte[64]),
            "t reaches beyond the file's end" => file.Tensor("t", F32, 32, 4).File(new byte[47]),
            "t and u overlap" => file.Tensor("u", F32, 32, 8).Tensor("t", F32, 0, 9).File(new byte[64]),
            _ => file.Tensor("t", sentence.Contains("Q6_K", StringComparison.Ordinal) ? 14u : 99u, 0, 256).File(new byte[1024]),
        };
    }
}
