namespace MicroGpt.Tokenizers;

/// <summary>A conversation as a model is trained on it.</summary>
/// <param name="Ids">The ids, special tokens among them. (T)</param>
/// <param name="LossMask">
/// Which of them the model has to learn to say: those of the assistant. Where it is true, the token counts as the target of the
/// position before it. (T)
/// </param>
public sealed record ChatTokens(int[] Ids, bool[] LossMask);
