using MicroGpt.Numerics;

namespace MicroGpt.Data;

/// <summary>Windows of one long text that start anywhere, drawn at random: how nanoGPT trains.</summary>
/// <param name="tokens">The text's tokens; more than <paramref name="context"/>.</param>
/// <param name="rows">Windows a batch, B.</param>
/// <param name="context">Positions a window, T.</param>
/// <param name="random">Draws the starts.</param>
public sealed class WindowBatches(int[] tokens, int rows, int context, MersenneTwister random) : IBatchSource
{
    /// <inheritdoc/>
    public long Position { get; set; }

    /// <inheritdoc/>
    public void FillNext(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Resize(rows, context);
        for (var row = 0; row < rows; row++)
            batch.SetRow(row, tokens.AsSpan(random.NextInt32(tokens.Length - context), context + 1));
        Position++;
    }

    /// <summary>The text from front to back, window by window, at most <paramref name="most"/> batches spread evenly over it.</summary>
    public static IEnumerable<Batch> InOrder(int[] tokens, int rows, int context, int most)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var windows = (tokens.Length - 1) / context;
        var batches = (windows + rows - 1) / rows;
        var taken = Math.Min(batches, most);
        for (var i = 0; i < taken; i++)
        {
            var first = (int)((long)i * batches / taken) * rows;
            var batch = new Batch();
            batch.Resize(Math.Min(rows, windows - first), context);
            for (var row = 0; row < batch.Rows; row++)
                batch.SetRow(row, tokens.AsSpan((first + row) * context, context + 1));
            yield return batch;
        }
    }
}
