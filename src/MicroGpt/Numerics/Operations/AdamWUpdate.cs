namespace MicroGpt.Numerics;

/// <summary>
/// One AdamW step of one parameter (Loshchilov, Hutter 2019):
/// m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; x ← x − η λ x − η m̂ / (√v̂ + ε), with g the gradient times
/// <paramref name="GradScale"/> and m̂, v̂ corrected for their zero start.
/// </summary>
internal readonly record struct AdamWUpdate(
    Tensor Parameter,    // any shape, with its gradient
    Tensor Mean,         // m, the same shape
    Tensor Variance,     // v, the same shape
    double LearningRate, // η
    double Beta1,
    double Beta2,
    double Epsilon,
    double WeightDecay,  // λ
    double GradScale,    // what clipping leaves of the gradient
    double MeanBias,     // 1 − β₁ᵗ at step t, 1 for the first: m̂ = m / this
    double VarianceBias); // 1 − β₂ᵗ
