namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    internal override void Forward(in PolicyLoss operation) => Spread(
        new PolicyLossForward(
            Data(operation.TokenLoss), Data(operation.Advantages), Data(operation.Weights), Data(operation.Reference, null), operation.Beta,
            Data(operation.Loss), operation.TokenLoss.Shape.Count),
        1, operation.TokenLoss.Shape.Count);

    // dl = w · (A + β·(exp(l − r) − 1))
    internal override void Backward(in PolicyLoss operation)
    {
        var dTokenLoss = BeginGrad(operation.TokenLoss, out var add);
        if (dTokenLoss is null)
            return;
        Spread(
            new PolicyLossBackward(
                Data(operation.TokenLoss), Data(operation.Advantages), Data(operation.Weights), Data(operation.Reference, null), operation.Beta,
                Data(operation.Loss.Grad!), dTokenLoss, add),
            operation.TokenLoss.Shape.Count, 30);
    }

    /// <summary>All tokens in one item, in doubles: there are as many as logits have rows, which is few.</summary>
    private readonly struct PolicyLossForward(
        F* tokenLoss, F* advantages, F* weights, F* reference, double beta, F* loss, int count) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            var sum = 0.0;
            for (var i = 0; i < count; i++)
            {
                var l = double.CreateTruncating(tokenLoss[i]);
                var away = reference is null ? 0 : l - double.CreateTruncating(reference[i]);
                sum += double.CreateTruncating(weights[i])
                    * (double.CreateTruncating(advantages[i]) * l + beta * (Math.Exp(away) - away - 1));
            }

            *loss = F.CreateTruncating(sum);
        }
    }

    private readonly struct PolicyLossBackward(
        F* tokenLoss, F* advantages, F* weights, F* reference, double beta, F* dLoss, F* dTokenLoss, bool add) : IWork
    {
        public void Run(int begin, int end, byte* scratch)
        {
            for (var i = begin; i < end; i++)
            {
                var away = reference is null ? 0 : double.CreateTruncating(tokenLoss[i]) - double.CreateTruncating(reference[i]);
                var gradient = F.CreateTruncating(
                    double.CreateTruncating(*dLoss) * double.CreateTruncating(weights[i])
                    * (double.CreateTruncating(advantages[i]) + beta * (Math.Exp(away) - 1)));
                dTokenLoss[i] = add ? dTokenLoss[i] + gradient : gradient;
            }
        }
    }
}
