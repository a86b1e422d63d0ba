using System.Buffers.Binary;
using System.Text;
using MicroGpt.Checkpoints;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Checkpoints;

public sealed class SafeTensorsFileTests
{
    private static readonly Dictionary<string, string> s_metadata = new() { ["format"] = "pt", ["note"] = "é \" \n 梓" };

    [Theory]
    [InlineData(DType.Float32, DType.Float32)]
    [InlineData(DType.Float64, DType.Float64)]
    [InlineData(DType.Float32, DType.Float64)]
    public void What_was_written_is_read_again(DType written, DType read)
    {
        using var folder = new TemporaryFolder();
        using var first = Device.Cpu(written, threads: 1);
        using var second = Device.Cpu(read, threads: 1);
        var (before, after) = (Tensors(first), Tensors(second, fill: false));
        SafeTensorsWriter.Write(folder.File("x"), before, s_metadata);
        using var file = SafeTensorsFile.Open(folder.File("x"));
        Assert.Equal(s_metadata, file.Metadata);
        Assert.Equal(before.Select(tensor => tensor.Name), file.Entries.Select(entry => entry.Name));
        file.ReadInto(after, file.Path);
        foreach (var (expected, actual) in before.Zip(after))
            for (var i = 0; i < expected.Shape.Count; i++)
                Assert.Equal(expected[i], actual[i]);
    }

    [Fact]
    public void Double_precision_is_rounded_to_single()
    {
        using var folder = new TemporaryFolder();
        using var first = Device.Cpu(DType.Float64, threads: 1);
        using var second = Device.Cpu(threads: 1);
        var tensor = Tensor.Zeros(first, "x", new Shape(1));
        tensor[0] = Math.PI;
        SafeTensorsWriter.Write(folder.File("x"), [tensor], s_metadata);
        using var file = SafeTensorsFile.Open(folder.File("x"));
        var read = Tensor.Zeros(second, "x", new Shape(1));
        file.ReadInto([read], file.Path);
        Assert.Equal((float)Math.PI, read[0]);
    }

    [Fact]
    public void The_header_is_that_of_the_format()
    {
        using var folder = new TemporaryFolder();
        using var device = Device.Cpu(threads: 1);
        SafeTensorsWriter.Write(folder.File("x"), Tensors(device), new Dictionary<string, string>());
        var bytes = File.ReadAllBytes(folder.File("x"));
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, (8 + length) % 8);
        Assert.Equal(
            """{"__metadata__":{},"a":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[5],"data_offsets":[24,44]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal(8 + length + 44, bytes.Length);
    }

    [Fact]
    public void Names_that_differ_are_all_told_at_once()
    {
        using var folder = new TemporaryFolder();
        using var device = Device.Cpu(threads: 1);
        SafeTensorsWriter.Write(folder.File("x"), Tensors(device), s_metadata);
        using var file = SafeTensorsFile.Open(folder.File("x"));
        var error = Assert.Throws<InvalidDataException>(() => file.ReadInto([Tensor.Zeros(device, "c", new Shape(1))], file.Path));
        Assert.EndsWith("does not fit the model: it lacks c; it has unknown a, b.", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidDataException>(
            () => file.ReadInto([Tensor.Zeros(device, "a", new Shape(2, 3)), Tensor.Zeros(device, "b", new Shape(5))], file.Path));
        Assert.EndsWith("a has the shape (3, 2), the model needs (2, 3).", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "its header can't be read")]
    [InlineData("[]", "its header is not an object")]
    [InlineData("{\"a\":3}", "its header can't be read")]
    [InlineData("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,8]}}", "a holds elements of the type F8_E4M3; F64, F32, F16, BF16, ")]
    [InlineData("{\"a\":{\"dtype\":null,\"shape\":[2],\"data_offsets\":[0,8]}}", "a holds elements of the type ;")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}", "the place of a does not fit its shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,8]}}", "the place of a does not fit its shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,-8]}}", "a has an impossible shape: ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", "its header can't be read")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[65536,65536],\"data_offsets\":[0,0]}}", "a has an impossible shape: ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[9999999999],\"data_offsets\":[0,8]}}", "its header can't be read")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647],\"data_offsets\":[0,8589934588]}}", "a has an impossible shape: ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2000000000],\"data_offsets\":[0,8000000000]}}", "it is cut short: a is not all there")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,2],\"data_offsets\":[0,8]}}", "a has an impossible shape: ")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", "the place of a is not a begin and an end")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", "the place of a does not fit its shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[9223372036854775806,-9223372036854775806]}}", "the place of a does not fit its shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "there is a gap before a")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "4 bytes behind its tensors belong to nothing")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "tensors overlap")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "it holds the tensor \"a\" twice")]
    [InlineData("{\"__metadata__\":{\"x\":1}}", "its header can't be read")]
    [InlineData("{\"__metadata__\":[]}", "its header can't be read")]
    public void A_header_that_promises_what_is_not_there_is_invalid_data(string header, string sentence)
    {
        using var folder = new TemporaryFolder();
        WriteFile(folder.File("x"), header, new byte[8]);
        var error = Assert.Throws<InvalidDataException>(() => SafeTensorsFile.Open(folder.File("x")).Dispose());
        Assert.StartsWith($"{folder.File("x")} is damaged: {sentence}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_type_of_numbers_is_read_from_any_place()
    {
        using var folder = new TemporaryFolder();
        var header = new StringBuilder("{");
        using var data = new MemoryStream();
        Add("F64", BitConverter.GetBytes, 1.5, -2);
        Add("F32", BitConverter.GetBytes, 1.5f, -2);
        Add("F16", BitConverter.GetBytes, (Half)1.5, (Half)(-2));
        Add("BF16", BitConverter.GetBytes, (ushort)0x3FC0, (ushort)0xC000);
        Add("I64", BitConverter.GetBytes, 3L, -2L);
        Add("I32", BitConverter.GetBytes, 3, -2);
        Add("I16", BitConverter.GetBytes, (short)3, (short)-2);
        Add<sbyte>("I8", number => [(byte)number], 3, -2);
        Add<byte>("U8", number => [number], 3, 254);
        Add<byte>("BOOL", number => [number], 1, 0);
        WriteFile(folder.File("x"), header + "\"empty\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[0,0]}}", data.ToArray());
        using var file = SafeTensorsFile.Open(folder.File("x"));
        Assert.Equal(11, file.Entries.Count);
        foreach (var entry in file.Entries.Where(entry => entry.Name != "empty"))
        {
            Assert.Equal(entry.Name == "BOOL" ? "Bool" : entry.Name, entry.Type.ToString());
            var (floats, doubles) = (new float[1], new double[2]);
            file.Read(entry.Name, floats.AsSpan(), 1);
            file.Read(entry.Name, doubles.AsSpan());
            Assert.Equal(entry.Name switch { "U8" => 254, "BOOL" => 0, _ => -2 }, floats[0]);
            Assert.Equal((entry.Name == "BOOL" ? 1 : entry.Type.IsFloat() ? 1.5 : 3, floats[0]), (doubles[0], doubles[1]));
            Assert.Throws<ArgumentException>(() => file.Read(entry.Name, new float[2].AsSpan(), 1));
            Assert.Throws<ArgumentException>(() => file.Read(entry.Name, new float[1].AsSpan(), -1));
            Assert.Throws<ArgumentException>(() => file.Read(entry.Name, new float[1].AsSpan(), long.MaxValue));
        }

        file.Read("empty", Span<float>.Empty);
        Assert.Throws<ArgumentException>(() => file.Read("none", new float[1].AsSpan()));

        void Add<T>(string type, Func<T, byte[]> bytes, T first, T second)
        {
            var begin = data.Length;
            data.Write(bytes(first));
            data.Write(bytes(second));
            header.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""
                "{{type}}":{"dtype":"{{type}}","shape":[2],"data_offsets":[{{begin}},{{data.Length}}]},
                """);
        }
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(long.MaxValue)]
    [InlineData(100_000_001)]
    [InlineData(100_000_000)]
    [InlineData(9)]
    public void The_length_of_a_header_is_not_believed(ulong length)
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(folder.File("x"), bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => SafeTensorsFile.Open(folder.File("x")));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void A_missing_file_is_an_IOException() =>
        Assert.ThrowsAny<IOException>(() => SafeTensorsFile.Open("/no/such/file.safetensors"));

    private static void WriteFile(string path, string header, byte[] data)
    {
        var bytes = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, bytes.Length);
        File.WriteAllBytes(path, [.. prefix, .. bytes, .. data]);
    }

    private static Tensor[] Tensors(Device device, bool fill = true)
    {
        Tensor[] tensors = [Tensor.Parameter(device, "a", new Shape(3, 2)), Tensor.Zeros(device, "b", new Shape(5))];
        var random = new MersenneTwister(1);
        foreach (var tensor in tensors)
            for (var i = 0; fill && i < tensor.Shape.Count; i++)
                tensor[i] = (float)random.NextGaussian();
        return tensors;
    }
}
