using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>What training, sampling and checkpoints know of a model: token ids in, a score for every possible next token out.</summary>
public interface ILanguageModel
{
    /// <summary>What kind of model it is.</summary>
    ModelConfig Config { get; }

    /// <summary>Where its parameters live.</summary>
    Device Device { get; }

    /// <summary>All parameters, each once, in the order in which they are initialized and stored.</summary>
    IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>The number of numbers to learn.</summary>
    long ParameterCount => Parameters.Sum(parameter => (long)parameter.Shape.Count);

    /// <summary>Draws initial weights.</summary>
    void Initialize(MersenneTwister random);

    /// <summary>A state in which nothing has been read.</summary>
    /// <param name="rows">Sequences side by side, B.</param>
    IModelState CreateState(int rows = 1);

    /// <summary>Scores for the token after each position.</summary>
    /// <param name="tape">Where operations are recorded and activations live; on the model's device.</param>
    /// <param name="ids">Token ids, (B, T).</param>
    /// <param name="state">What was read before, which the new positions are added to; null for nothing.</param>
    /// <returns>Logits, (B, T, V).</returns>
    /// <exception cref="ArgumentException">There are more positions than the context holds, or the state is another model's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    Tensor Forward(Tape tape, Tensor ids, IModelState? state = null);
}

/// <summary>What a model remembers of the positions it has read, so that a token more costs one position and not all of them.</summary>
public interface IModelState
{
    /// <summary>Positions read.</summary>
    int Length { get; }

    /// <summary>Positions there is room for.</summary>
    int Capacity { get; }

    /// <summary>The memory itself, for who stores it.</summary>
    IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Forgets all positions.</summary>
    void Clear();
}
