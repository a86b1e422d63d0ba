using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>The last tokens of every row: all that a model of a few tokens remembers.</summary>
internal sealed class TokenHistory(int rows, int tokens) : IModelState
{
    /// <summary>What stands where nothing has been read.</summary>
    public const int Nothing = -1;

    private readonly int[] _last = [.. Enumerable.Repeat(Nothing, checked(rows * tokens))]; // (B, n), the oldest first

    public int Length { get; private set; }

    public int Capacity => int.MaxValue;

    public IReadOnlyList<Tensor> Tensors => []; // it is not carried from one training window to the next

    /// <summary>A state as what these models take.</summary>
    public static TokenHistory? Of(IModelState? state) =>
        state is null or TokenHistory ? (TokenHistory?)state : throw new ArgumentException("The state is another model's.", nameof(state));

    public void Clear()
    {
        Length = 0;
        _last.AsSpan().Fill(Nothing);
    }

    /// <summary>The token so many before the first of those now read.</summary>
    public int Before(int row, int back) => _last[(row + 1) * tokens - back];

    public void Advance(int positions) => Length = (int)Math.Min((long)Length + positions, int.MaxValue / 2);

    /// <summary>Adds what was read, (B, T).</summary>
    public void Add(ReadOnlySpan<int> ids, int T)
    {
        for (var row = 0; row < rows; row++)
        {
            var history = _last.AsSpan(row * tokens, tokens);
            int[] all = [.. history, .. ids.Slice(row * T, T)];
            all.AsSpan(all.Length - tokens).CopyTo(history);
        }

        Advance(T);
    }
}
