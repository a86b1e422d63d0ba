using System.Text.Json.Serialization;

namespace MicroGpt.Numerics;

/// <summary>How a recurrent layer goes from one position to the next, with PyTorch's formulas.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RecurrentCell>))]
public enum RecurrentCell
{
    /// <summary>h′ = tanh(a + W h) (Elman 1990).</summary>
    Rnn,

    /// <summary>Gates decide what is replaced (Cho et al. 2014).</summary>
    Gru,

    /// <summary>Gates decide what is kept in a cell, added to it and shown (Hochreiter, Schmidhuber 1997).</summary>
    Lstm,
}

internal static class RecurrentCells
{
    /// <summary>Rows of H in the matrices: r, z, n of a GRU; i, f, g, o of an LSTM.</summary>
    public static int Gates(this RecurrentCell cell) => cell switch { RecurrentCell.Lstm => 4, RecurrentCell.Gru => 3, _ => 1 };

    /// <summary>Numbers remembered: h, and c of an LSTM.</summary>
    public static int StateSize(this RecurrentCell cell, int H) => cell == RecurrentCell.Lstm ? checked(2 * H) : H;

    /// <summary>Rows of H that the backward pass needs of a position.</summary>
    public static int Kept(this RecurrentCell cell) => cell switch { RecurrentCell.Lstm => 5, RecurrentCell.Gru => 4, _ => 0 };
}
