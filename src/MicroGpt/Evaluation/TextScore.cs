namespace MicroGpt.Evaluation;

/// <summary>How well a model predicts texts.</summary>
/// <param name="Documents">Of each document, the nats that its tokens took, how many tokens, and their bytes of text.</param>
public sealed record TextScore(IReadOnlyList<(double Nats, long Tokens, long Bytes)> Documents)
{
    /// <summary>The bits that the model needs for a byte: nats / (ln 2 · bytes). It compares models with different tokenizers.</summary>
    public Estimate BitsPerByte => Estimate.OfRatio([.. Documents.Select(document => (document.Nats / Math.Log(2), (double)document.Bytes))]);

    /// <summary>e to the mean nats of a token: among how many equally likely tokens the model seems to choose. For one tokenizer only.</summary>
    public Estimate Perplexity
    {
        get
        {
            var nats = Estimate.OfRatio([.. Documents.Select(document => (document.Nats, (double)document.Tokens))]);
            return new Estimate(Math.Exp(nats.Value), Math.Exp(nats.Low), Math.Exp(nats.High));
        }
    }

    /// <summary>The tokens that were predicted.</summary>
    public long Tokens => Documents.Sum(document => document.Tokens);

    /// <summary>Their bytes of text.</summary>
    public long Bytes => Documents.Sum(document => document.Bytes);
}
