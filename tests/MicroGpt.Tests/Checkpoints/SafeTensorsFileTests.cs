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
        Assert.Equal(before.Select(tensor => tensor.Name), file.Names);
        file.ReadInto(after);
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
        file.ReadInto([read]);
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
        var error = Assert.Throws<InvalidDataException>(() => file.ReadInto([Tensor.Zeros(device, "c", new Shape(1))]));
        Assert.EndsWith("does not fit the model: it lacks c it has unknown a, b.", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidDataException>(
            () => file.ReadInto([Tensor.Zeros(device, "a", new Shape(2, 3)), Tensor.Zeros(device, "b", new Shape(5))]));
        Assert.EndsWith("a has the shape (3, 2); the model needs (2, 3).", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"a\":3}")]
    [InlineData("{\"a\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"a\":{\"dtype\":null,\"shape\":[1],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,-4]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,6]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[65536,65536],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647],\"data_offsets\":[0,8589934588]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[9223372036854775806,-9223372036854775806]}}")] // their difference overflows to 4
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}")]
    [InlineData("{\"__metadata__\":{\"x\":1}}")]
    [InlineData("{\"__metadata__\":[]}")]
    public void A_header_that_promises_what_is_not_there_is_invalid_data(string header)
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[8 + Encoding.UTF8.GetByteCount(header) + 8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Encoding.UTF8.GetByteCount(header));
        Encoding.UTF8.GetBytes(header, bytes.AsSpan(8));
        File.WriteAllBytes(folder.File("x"), bytes);
        var error = Assert.Throws<InvalidDataException>(() => SafeTensorsFile.Open(folder.File("x")).Dispose());
        Assert.StartsWith(folder.File("x") + " is damaged: ", error.Message, StringComparison.Ordinal);
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
