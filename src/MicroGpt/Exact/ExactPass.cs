using System.Runtime.Intrinsics;
using MicroGpt.Numerics;
using MicroGpt.Numerics.Cpu;
using MicroGpt.Training;

namespace MicroGpt.Exact;

/// <summary>
/// One training step of microgpt.py in double precision, equal to the original to the last bit: the forward pass, the backward
/// pass and Adam, written out without a graph. What makes the bits equal is the order of additions, so a register never holds
/// parts of one sum: each lane is a position of the document, and adds up what the original adds up, in its order. In Adam each
/// lane is a parameter.
/// </summary>
/// <remarks>
/// Deliberately not here: other sizes, other optimizers, batches, threads. Where the original rounds twice nothing is fused:
/// FusedMultiplyAdd and Remainder only serve to know errors of rounding (<see cref="ExactPow"/>).
/// </remarks>
internal abstract unsafe class ExactPass
{
    public const int C = 16;       // width
    public const int H = 4;        // heads
    public const int D = C / H;    // head size
    public const int Hidden = 64;  // inside the MLP
    public const int T = 16;       // positions at most, and the length of every row of activations

    public const double NormEpsilon = 1e-5;

    private readonly List<Storage> _memory = []; // keeps what the pointers point to

    protected ExactPass(int vocabularySize)
    {
        V = vocabularySize;
        ParameterCount = (V * C) + (T * C) + (V * C) + (4 * C * C) + (2 * Hidden * C);
        Parameters = New(ParameterCount);
        Gradients = New(ParameterCount);
    }

    /// <summary>The vocabulary's size.</summary>
    public int V { get; }

    public int ParameterCount { get; }

    /// <summary>All parameters in the original's order: wte, wpe, lm_head, attn_wq, wk, wv, wo, mlp_fc1, mlp_fc2, row by row.</summary>
    public double* Parameters { get; }

    /// <summary>Their gradients, likewise.</summary>
    public double* Gradients { get; }

    /// <summary>The scores that <see cref="Forward"/> gave: a row for each token, a column for each position. (V, T)</summary>
    public abstract double* Logits { get; }

    /// <summary>A pass with the widest registers there are, or with those of a width, for tests.</summary>
    public static ExactPass Create(int vocabularySize, int? bits = null) =>
        (bits ?? (Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)) switch
        {
            512 => new ExactPass<Simd512<double>, Vector512<double>>(vocabularySize),
            256 => new ExactPass<Simd256<double>, Vector256<double>>(vocabularySize),
            _ => new ExactPass<Simd128<double>, Vector128<double>>(vocabularySize),
        };

    /// <summary>The scores for what follows each of 1 to T tokens.</summary>
    public abstract void Forward(ReadOnlySpan<int> tokens);

    /// <summary>The mean of −log p over the tokens that do follow.</summary>
    public abstract double Loss(ReadOnlySpan<int> targets);

    /// <summary>The gradients of that loss.</summary>
    public abstract void Backward();

    /// <summary>Moves the parameters, by Adam.</summary>
    /// <param name="step">Which step this is, 1 for the first.</param>
    /// <param name="rate">The step's learning rate.</param>
    /// <param name="options">The decays of the moments, and epsilon.</param>
    public abstract void Update(int step, double rate, TrainerOptions options);

    /// <summary>Zeroed memory that lives as long as this object.</summary>
    protected double* New(int count)
    {
        _memory.Add(new Storage(count * (long)sizeof(double)));
        return (double*)_memory[^1].Pointer;
    }
}

/// <inheritdoc/>
/// <typeparam name="S">The vector instructions.</typeparam>
/// <typeparam name="R">A register.</typeparam>
internal sealed unsafe partial class ExactPass<S, R> : ExactPass
    where S : struct, ISimd<R, double>
    where R : unmanaged
{
    // Activations are (channels, T): a row of positions for each channel. Gradients stand beside what they belong to, as d….
    private readonly double* _qkv, _dqkv;       // (3C, T)
    private readonly double* _mixed, _dmixed;   // (C, T): what attention brings together
    private readonly double* _hidden, _dhidden; // (Hidden, T)
    private readonly double* _x, _dx;           // (C, T): what goes into the head
    private readonly double* _branch;           // (C, T): what attention and MLP add to the residual stream, and gradients
    private readonly double* _rows;             // (T, Hidden): activations the other way round
    private readonly double* _zeros;            // (C, T)
    private readonly RmsNorm _embedded, _beforeAttention, _beforeMlp;
    private readonly Matrix _tokens, _places, _head, _attention, _projection, _up, _down;

    private readonly int[] _inputs = new int[T];
    private readonly int[] _targets = new int[T];
    private readonly int[] _descending; // the rows of the largest matrix
    private int _count; // positions of the document at hand

    public ExactPass(int vocabularySize)
        : base(vocabularySize)
    {
        _qkv = New(3 * C * T);
        _dqkv = New(3 * C * T);
        _mixed = New(C * T);
        _dmixed = New(C * T);
        _hidden = New(Hidden * T);
        _dhidden = New(Hidden * T);
        _x = New(C * T);
        _dx = New(C * T);
        _branch = New(C * T);
        _zeros = New(C * T);
        _rows = New(T * Hidden);
        _embedded = NewNorm(New(C * T));
        _beforeAttention = NewNorm(_embedded.Y);
        _beforeMlp = NewNorm(New(C * T));

        _scores = New(H * T * T);
        _weights = New(H * T * T);
        _attended = New(H * T * T);
        _dscores = New(H * T * T);
        _byKey = New(H * T * T);
        _perHead = new Totals(New(H * T), New(H * T), New(H * T));

        _logits = New(V * T);
        _dlogits = New(V * T);
        _exponentials = New(V * T);
        _largest = New(T);
        _perPosition = new Totals(New(T), New(T), New(T));
        _targetGradient = New(T);
        _targetRows = New(C * T);

        _mean = New(ParameterCount);
        _meanSquare = New(ParameterCount);
        _steps = New(Chunk);
        _corrected = New(Chunk);
        _roots = New(Chunk);
        _before = New(Chunk);

        _descending = [.. Enumerable.Range(0, Math.Max(V, Hidden)).Reverse()];

        var at = 0;
        _tokens = Take(V, C);
        _places = Take(T, C);
        _head = Take(V, C);
        _attention = Take(3 * C, C); // queries, keys, values
        _projection = Take(C, C);
        _up = Take(Hidden, C);
        _down = Take(C, Hidden);

        Matrix Take(int rows, int columns)
        {
            at += rows * columns;
            return new Matrix(Parameters + at - (rows * columns), Gradients + at - (rows * columns), rows, columns);
        }
    }

    public override double* Logits => _logits;

    public override void Forward(ReadOnlySpan<int> tokens)
    {
        _count = tokens.Length;
        tokens.CopyTo(_inputs);
        Embed();
        Forward(_embedded);
        Forward(_beforeAttention);
        Multiply(_attention, _beforeAttention.Y, _qkv, _count);
        Attend();
        Multiply(_projection, _mixed, _branch, _count);
        Add(_branch, _beforeAttention.X, _beforeMlp.X, C);
        Forward(_beforeMlp);
        Multiply(_up, _beforeMlp.Y, _hidden, _count);
        Rectify(_hidden, Hidden);
        Multiply(_down, _hidden, _branch, _count);
        Add(_branch, _beforeMlp.X, _x, C);
        Multiply(_head, _x, _logits, _count);
    }

    // The original walks its graph from the last position to the first. Positions meet only in the gradients of weights, keys
    // and values, so those sums run over descending positions, and everything else can be done for all positions at once.
    public override void Backward()
    {
        BackwardHead();
        BackwardInput(_down, _dx, _dhidden);
        BackwardWeights(_down, _dx, _hidden);
        RectifyBackward(_hidden, _dhidden, Hidden);
        BackwardInput(_up, _dhidden, _branch);
        BackwardWeights(_up, _dhidden, _beforeMlp.Y);
        Backward(_beforeMlp, _branch, _dx, _dx);
        BackwardInput(_projection, _dx, _dmixed);
        BackwardWeights(_projection, _dx, _mixed);
        BackwardAttention();
        BackwardInput(_attention, _dqkv, _branch, _attentionOrder);
        BackwardWeights(_attention, _dqkv, _beforeAttention.Y);
        Backward(_beforeAttention, _branch, _dx, _dx);
        Backward(_embedded, _dx, _zeros, _branch);
        BackwardEmbedding(_branch);
    }

    /// <summary>A matrix of weights and its gradient, (rows, columns), row by row.</summary>
    private readonly struct Matrix(double* weights, double* gradient, int rows, int columns)
    {
        public readonly double* Weights = weights;
        public readonly double* Gradient = gradient;
        public readonly int Rows = rows;
        public readonly int Columns = columns;
    }
}
