using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>
/// The multiplications and additions that training can't do without, by which the use of a machine is told (Chowdhery et al. 2022 call the
/// ratio "model FLOPs utilization"): of the products of matrices and of attention; what is computed again or padded counts for nothing.
/// </summary>
public static class ModelFlops
{
    /// <summary>
    /// Of a position, forward and backward: 6 a number of a matrix, 2 of them only where it is learned, and 12·heads·head size·min(window, T) a
    /// layer. Tables that are looked up in are no products. (nanochat and nanoGPT count so too.)
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="learned">What is learned: the model's parameters, or an adapter's.</param>
    /// <returns>The number, or null for models that are no GPTs.</returns>
    public static double? PerPosition(ILanguageModel model, IReadOnlyCollection<Tensor> learned)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(learned);
        if (model.Config is not GptConfig config)
            return null;
        var matrices = model.Parameters.Where(parameter => parameter.Shape.Rank == 2 && IsMultiplied(config, parameter))
            .Concat(learned.Except(model.Parameters).Where(parameter => parameter.Shape.Rank == 2)).ToArray(); // an adapter's all are
        var products = 4.0 * Numbers(matrices) + 2.0 * Numbers(matrices.Intersect(learned));
        var attended = Enumerable.Range(0, config.Layers).Sum(layer => (double)Math.Min(config.Window(layer) ?? config.ContextLength, config.ContextLength));
        return products + 12.0 * config.Heads * config.HeadSize * attended;

        static double Numbers(IEnumerable<Tensor> tensors) => tensors.Sum(tensor => (double)tensor.Shape.Count);
    }

    private static bool IsMultiplied(GptConfig config, Tensor parameter) => ParameterRoles.Of(config, parameter) switch
    {
        ParameterRole.Embedding => config.TiedHead && parameter.Name == ParameterNames.Of(config).TokenEmbedding,
        ParameterRole.ValueEmbedding => false,
        _ => true,
    };
}
