namespace MicroGpt.Training;

/// <summary>What a step took: of its machine, and of the data.</summary>
/// <param name="Tokens">Tokens the step learned from, padding and what is masked not counted.</param>
/// <param name="Positions">Positions it computed, B·T of all its batches.</param>
/// <param name="Time">From the batch to the updated weights.</param>
public readonly record struct StepCost(int Tokens, int Positions, TimeSpan Time);
