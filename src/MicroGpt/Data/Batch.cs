using MicroGpt.Numerics;

namespace MicroGpt.Data;

/// <summary>What a model sees in one step: token ids and, for each, the id that follows.</summary>
public sealed class Batch
{
    private int[] _inputs = [];
    private int[] _targets = [];

    /// <summary>The number of sequences, B.</summary>
    public int Rows { get; private set; }

    /// <summary>The number of positions, T.</summary>
    public int Columns { get; private set; }

    /// <summary>(B, T) token ids, row by row.</summary>
    public Span<int> Inputs => _inputs.AsSpan(0, Rows * Columns);

    /// <summary>(B, T) ids to predict; <see cref="Tape.IgnoredTarget"/> where there is none.</summary>
    public Span<int> Targets => _targets.AsSpan(0, Rows * Columns);

    /// <summary>The shape of inputs and targets, (B, T).</summary>
    public Shape Shape => new(Rows, Columns);

    /// <summary>Makes room for B × T tokens, using memory again where it is large enough; the contents are arbitrary.</summary>
    /// <exception cref="ArgumentException">There are more than 2³¹−1 tokens.</exception>
    public void Resize(int rows, int columns)
    {
        var count = new Shape(rows, columns).Count;
        (Rows, Columns) = (rows, columns);
        if (_inputs.Length >= count)
            return;
        _inputs = new int[count];
        _targets = new int[count];
    }

    /// <summary>Fills a row from consecutive tokens: each is the target of the one before; the rest of the row is padding.</summary>
    /// <param name="row">Which row.</param>
    /// <param name="tokens">One token more than positions to fill.</param>
    /// <param name="learned">Which of the tokens are targets; none given for all.</param>
    public void SetRow(int row, ReadOnlySpan<int> tokens, ReadOnlySpan<bool> learned = default)
    {
        var count = tokens.Length - 1;
        var inputs = Inputs.Slice(row * Columns, Columns);
        var targets = Targets.Slice(row * Columns, Columns);
        tokens[..count].CopyTo(inputs);
        tokens[1..].CopyTo(targets);
        inputs[count..].Clear();
        targets[count..].Fill(Tape.IgnoredTarget);
        for (var i = 1; i < learned.Length; i++)
            if (!learned[i])
                targets[i - 1] = Tape.IgnoredTarget;
    }
}
