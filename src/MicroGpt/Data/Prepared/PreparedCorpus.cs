using System.Security.Cryptography;
using System.Text;
using MicroGpt.Tokenizers;

namespace MicroGpt.Data.Prepared;

/// <summary>
/// A corpus in a folder, ready to train on: token shards, <c>prepared.json</c>, and the tokenizer that made them
/// (docs/data.md). Nothing of the tokens is loaded: batches read the shards.
/// </summary>
public sealed class PreparedCorpus : IDisposable
{
    private readonly ShardedTokens _train;
    private readonly ShardedTokens _validation;

    private PreparedCorpus(string folder, PreparedFile file, ITokenizer tokenizer)
    {
        (Folder, Description, Tokenizer) = (folder, file, tokenizer);
        ChatTemplate = TokenizerFiles.LoadConfig(folder).ChatTemplate;
        _train = Open(folder, file, file.Train);
        try
        {
            _validation = Open(folder, file, file.Validation);
        }
        catch
        {
            _train.Dispose();
            throw;
        }
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>What it holds and how it came to be.</summary>
    public PreparedFile Description { get; }

    /// <summary>What made the tokens.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>The Jinja template for conversations that came with the tokenizer, or that they were prepared with; null for none.</summary>
    public string? ChatTemplate { get; }

    /// <summary>A fingerprint of all tokens and of the tokenizer, by which a resumed run knows that it still has the same data.</summary>
    public string Fingerprint => Hex(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n',
        [Description.TokenizerFingerprint, .. _train.Shards.Select(shard => shard.Checksum), "", .. _validation.Shards.Select(shard => shard.Checksum)]))));

    /// <summary>Whether a folder holds prepared data.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, PreparedFile.Name));

    /// <summary>Opens a folder, and checks that its files belong together.</summary>
    /// <exception cref="IOException">It holds no prepared data, or a file can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or not one of the others; the message says which.</exception>
    public static PreparedCorpus Open(string folder)
    {
        var path = Path.Combine(folder, PreparedFile.Name);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{folder} holds no prepared data: {PreparedFile.Name} is missing. Make it with: microgpt data prepare --out {folder}");
        var file = PreparedFile.Read(path);
        var tokenizer = TokenizerFiles.Load(folder);
        if (TokenizerFingerprint(folder) != file.TokenizerFingerprint || tokenizer.VocabularySize != file.VocabularySize)
            throw new InvalidDataException($"{Path.Combine(folder, TokenizerFiles.TokenizerName)} is not the tokenizer that the data was prepared with. Prepare the data again.");
        return new PreparedCorpus(folder, file, tokenizer);
    }

    /// <summary>Its tokens, for batches of a kind.</summary>
    /// <param name="kind">Which batches; packed ones need documents that begin with a special token.</param>
    /// <param name="seed">Shuffles the documents, every round anew.</param>
    /// <exception cref="ArgumentException">Batches of that kind can't be made of it; the message says why.</exception>
    public TokenizedCorpus Tokens(BatchKind kind, ulong seed)
    {
        if (_train.DocumentCount == 0)
            throw new ArgumentException($"{Folder} holds nothing to learn from.");
        if (kind != BatchKind.Windows && Description.StartId is null)
            throw new ArgumentException(
                $"The tokenizer of {Folder} has no special token for a document's start, so its documents can't be told apart; train on windows instead.");
        // Conversations have an end of their own.
        return new TokenizedCorpus(kind, _train, _validation, _train.HasMask ? null : Description.StartId, seed);
    }

    /// <summary>Reads all files, and compares them with their checksums.</summary>
    /// <exception cref="InvalidDataException">One differs; the message says which.</exception>
    public void Verify(CancellationToken cancellation = default)
    {
        foreach (var shard in _train.Shards.Concat(_validation.Shards))
            shard.Verify(cancellation);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _train.Dispose();
        _validation.Dispose();
    }

    /// <summary>SHA-256 of a folder's tokenizer.json.</summary>
    internal static string TokenizerFingerprint(string folder) =>
        Hex(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, TokenizerFiles.TokenizerName))));

    private static ShardedTokens Open(string folder, PreparedFile file, PreparedPart part)
    {
        var tokens = ShardedTokens.Open([.. part.Shards.Select(shard => Path.Combine(folder, shard.File))]);
        foreach (var (shard, expected) in tokens.Shards.Zip(part.Shards))
        {
            if (shard.Checksum == expected.Checksum && shard.TokenCount == expected.Tokens && shard.DocumentCount == expected.Documents
                && shard.VocabularySize == file.VocabularySize)
                continue;
            tokens.Dispose();
            throw new InvalidDataException($"{shard.Path} is not the file that {PreparedFile.Name} beside it describes. Prepare the data again.");
        }

        return tokens;
    }

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);
}
