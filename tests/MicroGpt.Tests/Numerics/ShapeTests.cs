using MicroGpt.Numerics;

namespace MicroGpt.Tests.Numerics;

public sealed class ShapeTests
{
    [Fact]
    public void Sizes_rows_and_elements_follow_from_the_dimensions()
    {
        var shape = new Shape(2, 3, 5);
        Assert.Equal((3, 30, 5, 6), (shape.Rank, shape.Count, shape.Last, shape.Rows));
        Assert.Equal([2, 3, 5], shape.ToArray());
        Assert.Equal((2, 3, 5), (shape[0], shape[1], shape[2]));
        Assert.Equal("(2, 3, 5)", shape.ToString());
        Assert.Equal((1, 7, 7, 1), (new Shape(7).Rank, new Shape(7).Count, new Shape(7).Last, new Shape(7).Rows));
        Assert.Equal(24, new Shape(2, 3, 4, 1).Rows);
    }

    [Fact]
    public void Zero_is_a_size_like_any_other()
    {
        Assert.Equal((0, 0), (new Shape(0, 4).Count, new Shape(0, 4).Rows));
        Assert.Equal((0, 6), (new Shape(2, 3, 0).Count, new Shape(2, 3, 0).Rows));
        Assert.Equal(0, new Shape(0, int.MaxValue, int.MaxValue).Rows);
    }

    [Fact]
    public void Shapes_are_equal_when_all_dimensions_are()
    {
        Assert.Equal(new Shape(2, 3), new Shape(2, 3));
        Assert.NotEqual(new Shape(2, 3), new Shape(3, 2));
        Assert.NotEqual(new Shape(6), new Shape(6, 1));
        Assert.NotEqual(new Shape(6, 1), new Shape(6, 1, 1));
        Assert.NotEqual(new Shape(0, 3), new Shape(3, 0));
    }

    [Fact]
    public void Another_last_dimension_leaves_the_others()
    {
        Assert.Equal(new Shape(9), new Shape(5).WithLast(9));
        Assert.Equal(new Shape(2, 9), new Shape(2, 5).WithLast(9));
        Assert.Equal(new Shape(2, 3, 9), new Shape(2, 3, 5).WithLast(9));
        Assert.Equal(new Shape(2, 3, 4, 9), new Shape(2, 3, 4, 5).WithLast(9));
    }

    [Fact]
    public void What_cannot_be_a_shape_is_refused_with_the_reason()
    {
        Assert.Contains("not 0", Refused(), StringComparison.Ordinal);
        Assert.Contains("not 5", Refused(1, 1, 1, 1, 1), StringComparison.Ordinal);
        Assert.Contains("(-1)", Refused(3, -1), StringComparison.Ordinal);
        Assert.Contains("2,147,479,552 elements; 65536 × 32768", Refused(65536, 32768), StringComparison.Ordinal);
        Assert.Equal(Shape.MaxCount, new Shape(Shape.MaxCount).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(2, 3)[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(2, 3)[-1]);
    }

    private static string Refused(params int[] sizes) => Assert.Throws<ArgumentException>(() => new Shape(sizes)).Message;
}
