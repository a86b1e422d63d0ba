using MicroGpt.Checkpoints;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Checkpoints;

public sealed class TensorMappingTests : IDisposable
{
    private readonly Device _single = Device.Cpu(threads: 1);
    private readonly Device _double = Device.Cpu(DType.Float64, threads: 1);

    public void Dispose()
    {
        _single.Dispose();
        _double.Dispose();
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Rows_are_taken_as_the_rules_say_in_pieces_of_any_size(DType dtype)
    {
        // a (5, 3): 100, 101, 102, 103, …; b (3, 4): 200, …; v (6): 300, …
        var source = new TensorsInMemory([Counting(dtype, "a", 100, 5, 3), Counting(dtype, "b", 200, 3, 4), Counting(dtype, "v", 300, 6)]);
        var mapping = new TensorMapping(
        [
            new TensorRule("copy", new TensorPart("a")),
            new TensorRule("transposed", new TensorPart("b") { Transposed = true }),
            new TensorRule("slice", new TensorPart("a") { FirstRow = 1, Rows = 2 }),
            new TensorRule("columns", new TensorPart("b") { FirstRow = 1, Rows = 2, Transposed = true }),
            new TensorRule("joined", new TensorPart("a") { FirstRow = 3 }, new TensorPart("b") { Transposed = true }, new TensorPart("a") { Rows = 1 }),
            new TensorRule("reversed", new TensorPart("a") { FirstRow = 1, Row = row => 3 - row }),
            new TensorRule("vector", new TensorPart("v") { FirstRow = 4 }, new TensorPart("v") { Rows = 2, Row = row => 1 - row }),
        ]);
        using var mapped = mapping.Apply(source, shapes: null, "x");
        Made("copy (5, 3)", 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114);
        Made("transposed (4, 3)", 200, 204, 208, 201, 205, 209, 202, 206, 210, 203, 207, 211);
        Made("slice (2, 3)", 103, 104, 105, 106, 107, 108);
        Made("columns (2, 3)", 201, 205, 209, 202, 206, 210);
        Made("joined (7, 3)", 109, 110, 111, 112, 113, 114, 200, 204, 208, 201, 205, 209, 202, 206, 210, 203, 207, 211, 100, 101, 102);
        Made("reversed (4, 3)", 112, 113, 114, 109, 110, 111, 106, 107, 108, 103, 104, 105);
        Made("vector (4)", 304, 305, 301, 300);

        void Made(string nameAndShape, params double[] expected)
        {
            var entry = mapped.Entries.Single(entry => $"{entry.Name} {entry.Shape}" == nameAndShape);
            for (var first = 0; first < expected.Length; first++)
                for (var count = 0; count <= expected.Length - first; count++)
                {
                    var (floats, doubles) = (new float[count], new double[count]);
                    mapped.Read(entry.Name, floats.AsSpan(), first);
                    mapped.Read(entry.Name, doubles.AsSpan(), first);
                    Assert.Equal(expected[first..(first + count)], doubles);
                    Assert.Equal(doubles.Select(number => (float)number), floats);
                }
        }
    }

    [Fact]
    public void A_mapping_of_a_mapping_reads_the_source_itself_where_it_can()
    {
        using var file = new TensorsInMemory([Counting(DType.Float32, "a", 100, 5, 3), Counting(DType.Float32, "b", 200, 2, 3)]);
        var inner = new TensorMapping(
        [
            new TensorRule("turned", new TensorPart("a") { Transposed = true }),
            new TensorRule("rows", new TensorPart("a") { FirstRow = 1, Rows = 2 }),
            new TensorRule("joined", new TensorPart("a"), new TensorPart("b")),
        ]).Apply(file, shapes: null, "x");
        Becomes(file, [103, 104, 105], new TensorPart("turned") { Transposed = true });
        Becomes(file, [101, 104, 107], new TensorPart("turned"), firstElement: 5);
        Becomes(file, [103, 104, 105], new TensorPart("rows"), firstElement: 0);
        Becomes(inner, [103, 106, 104], new TensorPart("rows") { Transposed = true }, firstElement: 0);
        Becomes(inner, [103, 104, 105], new TensorPart("joined"));
        Becomes(inner, [101, 104, 107], new TensorPart("turned") { FirstRow = 1 }, firstElement: 0);

        void Becomes(ITensorSource source, float[] expected, TensorPart part, int firstElement = 3)
        {
            var outer = Assert.IsType<MappedTensors>(new TensorMapping([new TensorRule("x", part)]) { Ignores = _ => true }.Apply(inner, shapes: null, "x"));
            Assert.Same(source, outer.Source);
            var numbers = new float[expected.Length];
            outer.Read("x", numbers.AsSpan(), firstElement);
            Assert.Equal(expected, numbers);
        }
    }

    [Fact]
    public void Everything_that_does_not_fit_is_told_at_once_with_the_nearest_name()
    {
        var source = new TensorsInMemory(
        [
            Counting(DType.Float32, "wte", 0, 7, 4), Counting(DType.Float32, "h.0.norm.wieght", 0, 4), Counting(DType.Float32, "h.1.norm.wieght", 0, 4),
            Counting(DType.Float32, "h.0.attn.bias", 0, 4), Counting(DType.Float32, "h.2.norm.wieght", 0, 4), Counting(DType.Float32, "something.else.altogether", 0, 4),
        ]);
        var mapping = new TensorMapping(
            [new TensorRule("embedding", new TensorPart("wte")), .. Enumerable.Range(0, 3).Select(i => new TensorRule($"norm{i}", new TensorPart($"h.{i}.norm.weight")))])
        {
            Ignores = name => name.EndsWith("attn.bias", StringComparison.Ordinal),
        };
        var error = Assert.Throws<InvalidDataException>(
            () => mapping.Apply(source, new Dictionary<string, Shape> { ["embedding"] = new(9, 4), ["norm"] = new(4) }, "model.safetensors"));
        Assert.Equal(
            "model.safetensors does not fit the model: it lacks h.{0–2}.norm.weight; "
            + "it has unknown h.{0–2}.norm.wieght (perhaps h.0.norm.weight), something.else.altogether; wte has the shape (7, 4), the model needs (9, 4).",
            error.Message);
    }

    [Theory]
    [InlineData(5, 1, false, false)]
    [InlineData(1, 5, false, false)]
    [InlineData(-1, 2, false, false)]
    [InlineData(0, -1, false, false)]
    [InlineData(0, 4, true, false)]
    [InlineData(0, 2, true, true)]
    public void Rows_that_are_not_there_are_refused(int firstRow, int rows, bool transposed, bool vector)
    {
        var source = new TensorsInMemory([vector ? Counting(DType.Float32, "a", 0, 5) : Counting(DType.Float32, "a", 0, 5, 3)]);
        var mapping = new TensorMapping([new TensorRule("x", new TensorPart("a") { FirstRow = firstRow, Rows = rows, Transposed = transposed })]);
        var error = Assert.Throws<InvalidDataException>(() => mapping.Apply(source, shapes: null, "file"));
        Assert.StartsWith("file does not fit the model: a has the shape (5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_transposed_matrix_comes_out_right_across_pieces()
    {
        using var folder = new TemporaryFolder();
        var matrix = Counting(DType.Float32, "m", 0, 1500, 1100); // more than one piece, and pieces that begin within a row
        var transposed = new TensorMapping([new TensorRule("m", new TensorPart("m") { Transposed = true })]);
        SafeTensorsWriter.Write(folder.File("x"), transposed.Apply(new TensorsInMemory([matrix]), shapes: null, "m"), new Dictionary<string, string>(), cancellation: TestContext.Current.CancellationToken);
        using var file = SafeTensorsFile.Open(folder.File("x"));
        var read = Tensor.Zeros(_single, "m", new Shape(1500, 1100));
        transposed.Apply(file, shapes: null, "m").ReadInto([read], "m");
        Assert.True(matrix.AsSpan<float>().SequenceEqual(read.AsSpan<float>()));
        var stored = new float[3];
        file.Read("m", stored, 1499);
        Assert.Equal([1499 * 1100, 1, 1100 + 1], stored);
    }

    private Tensor Counting(DType dtype, string name, int first, params int[] shape)
    {
        var tensor = Tensor.Zeros(dtype == DType.Float64 ? _double : _single, name, new Shape(shape));
        for (var i = 0; i < tensor.Shape.Count; i++)
            tensor[i] = first + i;
        return tensor;
    }
}
