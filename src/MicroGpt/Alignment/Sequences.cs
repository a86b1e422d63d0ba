using MicroGpt.Data;
using MicroGpt.Tokenizers;

namespace MicroGpt.Alignment;

/// <summary>Sequences of tokens side by side, each as long as it is, the rest of its row without targets.</summary>
internal static class Sequences
{
    /// <summary>Fills a batch with some of them, as wide as the longest.</summary>
    public static void Fill(Batch batch, ReadOnlySpan<ChatTokens> sequences)
    {
        var columns = 1;
        foreach (var sequence in sequences)
            columns = Math.Max(columns, sequence.Ids.Length - 1);
        batch.Resize(sequences.Length, columns);
        for (var row = 0; row < sequences.Length; row++)
            batch.SetRow(row, sequences[row].Ids, sequences[row].LossMask);
    }

    /// <summary>A reply behind its prompt, of which only what the mask says is learned.</summary>
    public static ChatTokens Behind(int[] prompt, ChatTokens reply) =>
        new([.. prompt, .. reply.Ids], [.. new bool[prompt.Length], .. reply.LossMask]);

    /// <summary>How many of a sequence's tokens are learned.</summary>
    public static int Learned(ChatTokens sequence) => sequence.LossMask.AsSpan().Count(true);
}
