using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MicroGpt.Data.Documents;
using MicroGpt.Tokenizers;

namespace MicroGpt.Data.Prepared;

/// <summary>Some documents' tokens, as one thread makes them for another to write.</summary>
internal sealed class EncodedDocuments
{
    private readonly List<int> _tokens = [];
    private readonly List<bool> _learned = [];
    private readonly List<(int Tokens, long Bytes, bool IsHeldBack)> _documents = [];
    private readonly List<string> _bad = [];

    /// <summary>What could not be expressed, a sentence each.</summary>
    public IReadOnlyList<string> Bad => _bad;

    /// <summary>Documents in which nothing is wrong.</summary>
    public int Count { get; private set; }

    /// <summary>Their tokens.</summary>
    public int TokenCount => _tokens.Count;

    /// <summary>Encodes documents.</summary>
    /// <exception cref="InvalidDataException">One can't be expressed, and is not to be left out.</exception>
    public static EncodedDocuments Encode(IReadOnlyList<Document> documents, ITokenizer tokenizer, PreparationOptions options)
    {
        var encoded = new EncodedDocuments();
        foreach (var document in documents)
        {
            var before = encoded._tokens.Count;
            try
            {
                encoded.Add(document, tokenizer, options);
                encoded.Count++;
            }
            catch (ArgumentException exception)
            {
                var reason = exception.Message.Split(" (Parameter '")[0];
                var sentence = $"{document.Source}: document at {document.Number}: {reason}";
                if (!options.SkipBad)
                    throw new InvalidDataException($"{sentence} Mend it, or leave such documents out with --skip-bad.", exception);
                encoded._tokens.RemoveRange(before, encoded._tokens.Count - before);
                encoded._bad.Add(sentence);
            }
        }

        return encoded;
    }

    /// <summary>Writes them.</summary>
    public void WriteTo(ShardSeries train, ShardSeries validation)
    {
        var tokens = CollectionsMarshal.AsSpan(_tokens);
        var learned = CollectionsMarshal.AsSpan(_learned);
        var at = 0;
        foreach (var (count, bytes, isHeldBack) in _documents)
        {
            (isHeldBack ? validation : train).Add(tokens.Slice(at, count), learned.IsEmpty ? [] : learned.Slice(at, count), bytes);
            at += count;
        }
    }

    private void Add(Document document, ITokenizer tokenizer, PreparationOptions options)
    {
        var start = tokenizer.BosId ?? tokenizer.EosId;
        var bytes = document.Utf8.Length;
        if (document.Conversation is { } conversation)
        {
            if (options.ChatTemplate is not { } template)
                throw new ArgumentException("This is a conversation; say how conversations are written: --chat-template chatml or nanochat.");
            var (ids, mask) = template.Encode(conversation, tokenizer);
            _tokens.AddRange(ids);
            if (options.HasMask)
                _learned.AddRange(mask);
            _documents.Add((ids.Length, bytes, IsHeldBack(document, options)));
            return;
        }

        var before = _tokens.Count;
        if (start is { } first)
            _tokens.Add(first);
        tokenizer.EncodeUtf8(document.Utf8.Span, _tokens);
        var count = _tokens.Count - before;
        if (count == 0)
            return;
        var tail = options.HeldBack == HeldBack.Ends ? (int)((count - (start is null ? 0 : 1)) * options.ValidationFraction) : 0;
        if (tail == 0)
        {
            _documents.Add((count, bytes, options.HeldBack == HeldBack.Documents && IsHeldBack(document, options)));
        }
        else
        {
            var tailBytes = (long)(bytes * options.ValidationFraction);
            _documents.Add((count - tail, bytes - tailBytes, false));
            if (start is { } again)
                _tokens.Insert(_tokens.Count - tail, again);
            _documents.Add((tail + (start is null ? 0 : 1), tailBytes, true));
        }

        if (options.HasMask)
            while (_learned.Count < _tokens.Count)
                _learned.Add(true);
    }

    /// <summary>Whether a document is held back: its text and the seed alone decide, so equal documents are on the same side.</summary>
    private static bool IsHeldBack(Document document, PreparationOptions options)
    {
        if (options.ValidationFraction == 0)
            return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, options.Seed);
        hash.AppendData(bytes[..sizeof(ulong)]);
        hash.AppendData(document.Utf8.Span);
        hash.GetHashAndReset(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) / Math.Pow(2, 64) < options.ValidationFraction;
    }
}
