namespace MicroGpt.Numerics;

/// <summary>
/// One step of Muon on one matrix (Jordan et al. 2024): the momentum of its gradient, made orthogonal by five steps of a polynomial
/// iteration, is what the matrix moves against. With <paramref name="Variance"/> it is nanochat's variant: rows brought to one length
/// first, the coefficients of Polar Express (Amsel et al. 2025) in the iteration, the result's norm set to that of an orthogonal
/// matrix, its rows or columns divided by how large they have lately been (NorMuon, Li et al. 2025), and decay only where the step
/// makes a weight smaller anyway.
/// </summary>
internal readonly record struct MuonUpdate(
    Tensor Parameter,    // (M, N), with its gradient
    Tensor Momentum,     // (M, N): b ← β₁ b + (1 − β₁) g
    Tensor? Variance,    // (M) if M ≥ N, else (N): mean squares of rows, or of columns; null for plain Muon
    double LearningRate, // η, with the factor √max(1, M / N)
    double Beta1,
    double Beta2,        // of the mean squares
    double WeightDecay,  // λ
    double GradScale)    // what clipping leaves of the gradient
{
    /// <summary>The norm of the momentum is divided by a little more than itself, since the iteration diverges above 1.</summary>
    public double NormFactor => Variance is null ? 1 : 1.01;

    /// <summary>The same for a momentum of zeros.</summary>
    public double NormTerm => Variance is null ? 1e-7 : 1e-6;

    /// <summary>a, b, c of every step X ← a X + b (X Xᵀ) X + c (X Xᵀ)² X.</summary>
    public ReadOnlySpan<(double A, double B, double C)> Iteration => Variance is null ? s_newtonSchulz : s_polarExpress;

    private static readonly (double, double, double)[] s_newtonSchulz = [.. Enumerable.Repeat((3.4445, -4.7750, 2.0315), 5)];

    private static readonly (double, double, double)[] s_polarExpress =
    [
        (8.156554524902461, -22.48329292557795, 15.878769915207462),
        (4.042929935166739, -2.808917465908714, 0.5000178451051316),
        (3.8916678022926607, -2.772484153217685, 0.5060648178503393),
        (3.285753657755655, -2.3681294933425376, 0.46449024233003106),
        (2.3465413258596377, -1.7097828382687081, 0.42323551169305323),
    ];
}
