using System.Security.Cryptography;
using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Alignment;

/// <summary>The model as it was at the start, to which the one in training is compared.</summary>
internal abstract class Reference
{
    /// <summary>Its scores for the token after each position, (B, T, V). The tape must not record.</summary>
    public abstract Tensor Forward(Tape tape, Tensor ids);

    /// <summary>The model without its adapter, which alone learns: no second model is needed.</summary>
    public sealed class WithoutAdapter(Gpt model) : Reference
    {
        public override Tensor Forward(Tape tape, Tensor ids)
        {
            var adapter = model.Adapter;
            model.Adapter = null;
            try
            {
                return model.Forward(tape, ids);
            }
            finally
            {
                model.Adapter = adapter;
            }
        }
    }

    /// <summary>A second model with the starting weights, which nothing changes.</summary>
    public sealed class Frozen(ILanguageModel model) : Reference
    {
        public override Tensor Forward(Tape tape, Tensor ids) => model.Forward(tape, ids);
    }

    /// <summary>By which starting weights are known again.</summary>
    public static string Fingerprint(ILanguageModel model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in model.Parameters)
            hash.AppendData(parameter.Bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
