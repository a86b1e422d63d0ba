namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in SigmoidGate operation)
    {
        var (x, gates) = (operation.X, operation.Gates);
        Spread(
            new SigmoidGateForward(
                Data(x), Data(gates), Data(operation.Open), Data(operation.Y), F.CreateTruncating(operation.Factor),
                x.Shape.Last / gates.Shape.Last),
            gates.Shape.Count, 20 + x.Shape.Last / gates.Shape.Last);
    }

    // dx = open · dy;  dgate = open (1 − σ) Σ dy·x with open = factor · σ
    internal override void Backward(in SigmoidGate operation)
    {
        var (x, gates, y) = (operation.X, operation.Gates, operation.Y);
        var dGates = BeginGrad(gates, out var addGates);
        var dx = BeginGrad(x, out var addX);
        Spread(
            new SigmoidGateBackward(
                Data(x), Data(gates), Data(operation.Open), Data(y.Grad!), dx, dGates, x.Shape.Last / gates.Shape.Last, addX, addGates),
            gates.Shape.Count, 20 + 3L * x.Shape.Last / gates.Shape.Last);
    }

    private static F Sigmoid(F x) => F.One / (F.One + F.Exp(-x));

    /// <summary>An item is a head of a row.</summary>
    private readonly struct SigmoidGateForward(F* x, F* gates, F* open, F* y, F factor, int D) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var i = begin; i < end; i++)
            {
                open[i] = factor * Sigmoid(gates[i]);
                VectorMath<S, V, F>.Scale(open[i], x + (long)i * D, y + (long)i * D, D, add: false);
            }
        }
    }

    private readonly struct SigmoidGateBackward(
        F* x, F* gates, F* open, F* dy, F* dx, F* dGates, int D, bool addX, bool addGates) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var i = begin; i < end; i++)
            {
                if (dGates is not null)
                {
                    var change = open[i] * Sigmoid(-gates[i]) * VectorMath<S, V, F>.Dot(dy + (long)i * D, x + (long)i * D, D);
                    dGates[i] = addGates ? dGates[i] + change : change;
                }

                if (dx is not null)
                    VectorMath<S, V, F>.Scale(open[i], dy + (long)i * D, dx + (long)i * D, D, addX);
            }
        }
    }
}
