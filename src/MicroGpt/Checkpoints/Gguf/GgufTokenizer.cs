namespace MicroGpt.Checkpoints.Gguf;

/// <summary>How a GGUF file names what is in a tokenizer, and what its numbers mean (<c>gguf-py</c>, <c>constants.py</c>).</summary>
internal static class GgufTokenizer
{
    public const string Model = "tokenizer.ggml.model";
    public const string PreTokenizer = "tokenizer.ggml.pre";
    public const string Tokens = "tokenizer.ggml.tokens";
    public const string TokenTypes = "tokenizer.ggml.token_type";
    public const string Merges = "tokenizer.ggml.merges";
    public const string BosId = "tokenizer.ggml.bos_token_id";
    public const string EosId = "tokenizer.ggml.eos_token_id";
    public const string EotId = "tokenizer.ggml.eot_token_id";
    public const string AddBos = "tokenizer.ggml.add_bos_token";
    public const string AddEos = "tokenizer.ggml.add_eos_token";
    public const string NormalizesToNfc = "tokenizer.ggml.normalizer.nfc";
    public const string ChatTemplate = "tokenizer.chat_template";

    /// <summary>Ours, and ignored by others: the pattern, where llama.cpp's nearest is not quite the same.</summary>
    public const string Pattern = "microgpt.tokenizer.pattern";

    /// <summary>Byte-level BPE.</summary>
    public const string BytePairs = "gpt2";

    /// <summary>The longest token that fits, as RWKV has it; the only one without an end of texts.</summary>
    public const string LongestToken = "rwkv";

    public const string None = "no_vocab";

    /// <summary>A token of text.</summary>
    public const int Normal = 1;

    /// <summary>A special token.</summary>
    public const int Control = 3;

    /// <summary>An added token that stands for its name.</summary>
    public const int UserDefined = 4;

    /// <summary>A row of the model without a token.</summary>
    public const int Unused = 5;

    /// <summary>
    /// A byte that no UTF-8 has. To byte-level BPE without an end of texts, llama.cpp gives the token 11, whatever that is; this one's
    /// token never comes, so nothing ends there.
    /// </summary>
    public static ReadOnlySpan<byte> NeverInText => [0xFF];
}
