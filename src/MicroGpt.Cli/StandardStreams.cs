namespace MicroGpt.Cli;

/// <summary>Standard input and output as bytes, for what is no text or must come out exactly as it is.</summary>
/// <param name="OpenInput">Opens standard input.</param>
/// <param name="OpenOutput">Opens standard output.</param>
internal sealed record StandardStreams(Func<Stream> OpenInput, Func<Stream> OpenOutput)
{
    /// <summary>Those of this process.</summary>
    public static StandardStreams OfProcess { get; } = new(Console.OpenStandardInput, Console.OpenStandardOutput);
}
