using System.Runtime.ExceptionServices;

namespace MicroGpt.Checkpoints;

/// <summary>Work on files in pieces, on every core; what goes wrong in one is thrown as it is.</summary>
internal static class InParallel
{
    public static void ForEach<T>(IEnumerable<T> pieces, Action<T> work, CancellationToken cancellation = default)
    {
        try
        {
            Parallel.ForEach(
                pieces, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, work);
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }
}
