namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in PreferenceLoss operation) => Spread(
        new PreferenceLossForward(
            Data(operation.TokenLoss), Data(operation.Reference), operation.Beta, Data(operation.Margins), Data(operation.Loss),
            operation.Reference.Shape.Count, operation.TokenLoss.Shape.Last),
        1, operation.TokenLoss.Shape.Count);

    // d(−log σ(β·m))/dm = −β·σ(−β·m); a chosen token's loss lowers the margin, a rejected one's raises it
    internal override void Backward(in PreferenceLoss operation)
    {
        var dTokenLoss = BeginGrad(operation.TokenLoss, out var add);
        if (dTokenLoss is null)
            return;
        var (pairs, columns) = (operation.Reference.Shape.Count, operation.TokenLoss.Shape.Last);
        Spread(
            new PreferenceLossBackward(Data(operation.Margins), operation.Beta, Data(operation.Loss.Grad!), dTokenLoss, pairs, columns, add),
            pairs, 30 + 2L * columns);
    }

    /// <summary>All pairs in one item, in doubles: a margin is a small difference of large sums.</summary>
    private readonly struct PreferenceLossForward(
        F* tokenLoss, F* reference, double beta, F* margins, F* loss, int pairs, int columns) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var sum = 0.0;
            for (var pair = 0; pair < pairs; pair++)
            {
                var chosen = tokenLoss + 2L * pair * columns;
                var margin = -double.CreateTruncating(reference[pair]);
                for (var i = 0; i < columns; i++)
                    margin += double.CreateTruncating(chosen[columns + i]) - double.CreateTruncating(chosen[i]);
                margins[pair] = F.CreateTruncating(margin);
                // log(1 + exp(−x)) without overflow
                var x = beta * margin;
                sum += Math.Max(-x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
            }

            *loss = F.CreateTruncating(pairs == 0 ? 0 : sum / pairs);
        }
    }

    private readonly struct PreferenceLossBackward(
        F* margins, double beta, F* dLoss, F* dTokenLoss, int pairs, int columns, bool add) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var pair = begin; pair < end; pair++)
            {
                var x = beta * double.CreateTruncating(margins[pair]);
                var gradient = F.CreateTruncating(double.CreateTruncating(*dLoss) / pairs * beta / (1 + Math.Exp(x)));
                var chosen = dTokenLoss + 2L * pair * columns;
                for (var i = 0; i < columns; i++)
                {
                    chosen[i] = add ? chosen[i] + gradient : gradient;
                    chosen[columns + i] = add ? chosen[columns + i] - gradient : -gradient;
                }
            }
        }
    }
}
