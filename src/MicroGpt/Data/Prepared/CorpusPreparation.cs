using MicroGpt.Data.Documents;
using MicroGpt.Tokenizers;

namespace MicroGpt.Data.Prepared;

/// <summary>
/// Turns documents into a folder of token shards (<see cref="PreparedCorpus"/>): one thread reads and writes, others encode. The
/// files depend on the documents, the tokenizer and the options, and not on the number of threads.
/// </summary>
public sealed class CorpusPreparation
{
    private const int ChunkDocuments = 256; // encoded by one thread at a time
    private const int ChunkBytes = 256 << 10;
    private const int MostWaitingBytes = 64 << 20; // of text that is being encoded
    private const int MostProblems = 20;

    private readonly ITokenizer _tokenizer;
    private readonly PreparationOptions _options;
    private readonly List<string> _problems = [];

    /// <summary>A preparation with a tokenizer.</summary>
    /// <exception cref="ArgumentException">An option can't be, or the tokenizer lacks a special token of the template.</exception>
    public CorpusPreparation(ITokenizer tokenizer, PreparationOptions options)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        (_tokenizer, _options) = (tokenizer, options.Validate());
        if (options.ChatTemplate?.SpecialTokens.FirstOrDefault(token => !tokenizer.SpecialTokens.ContainsKey(token)) is { } missing)
            throw new ArgumentException($"The tokenizer has no special token {missing}, which {options.ChatTemplate.Name} conversations need. Train one that has it.");
    }

    /// <summary>Documents left out so far.</summary>
    public long Skipped { get; private set; }

    /// <summary>What was wrong with the first of them, a sentence each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Prepares a folder, which is there only when it is complete.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="folder">The folder, which must not be there yet, or be empty.</param>
    /// <param name="progress">Who watches.</param>
    /// <param name="cancellation">Ends it, and leaves nothing.</param>
    /// <returns>What the folder holds.</returns>
    /// <exception cref="IOException">A file could not be read or written, or the folder is there already.</exception>
    /// <exception cref="InvalidDataException">A document is damaged or can't be expressed, or nothing is left to learn from.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public PreparedFile Run(
        IEnumerable<Document> documents, string folder, IProgress<PreparationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        using var making = new FolderInMaking(folder, _options.Overwrite);
        TokenizerFiles.Save(_tokenizer, making.Temporary, _options.ChatTemplate?.Jinja ?? _options.TokenizerChatTemplate);
        var hasMask = _options.HasMask;
        using var train = new ShardSeries(making.Temporary, "train", _options.ShardTokens, _tokenizer.VocabularySize, hasMask);
        using var validation = new ShardSeries(making.Temporary, "val", _options.ShardTokens, _tokenizer.VocabularySize, hasMask);
        Encode(documents, encoded => encoded.WriteTo(train, validation), progress, cancellation);
        var file = new PreparedFile
        {
            FormatVersion = PreparedFile.CurrentVersion,
            TokenizerFingerprint = PreparedCorpus.TokenizerFingerprint(making.Temporary),
            VocabularySize = _tokenizer.VocabularySize,
            StartId = _tokenizer.BosId ?? _tokenizer.EosId,
            ChatTemplate = _options.ChatTemplate?.Name,
            ValidationFraction = _options.ValidationFraction,
            HeldBack = _options.HeldBack,
            Seed = _options.Seed,
            SkippedDocuments = Skipped,
            Train = train.Complete(),
            Validation = validation.Complete(),
        };
        if (file.Train.Documents == 0)
            throw new InvalidDataException(
                file.Validation.Documents == 0
                    ? "There are no documents; there is nothing to learn from."
                    : "All documents would be held back, and none would be left to learn from. Hold back the ends of documents (--hold-back ends), or less (--validation 0).");
        File.WriteAllBytes(Path.Combine(making.Temporary, PreparedFile.Name), file.ToBytes());
        cancellation.ThrowIfCancellationRequested();
        making.Complete();
        return file;
    }

    /// <summary>Encodes in parallel, and hands the results on in the documents' order.</summary>
    private void Encode(
        IEnumerable<Document> documents, Action<EncodedDocuments> write, IProgress<PreparationProgress>? progress, CancellationToken cancellation)
    {
        var threads = _options.Threads ?? Environment.ProcessorCount;
        var encoders = new TaskFactory(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler);
        var underWay = new Queue<(Task<EncodedDocuments> Task, long Bytes)>();
        var (bytesUnderWay, done) = (0L, new PreparationProgress(0, 0, 0));
        foreach (var (chunk, bytes) in Chunks(documents))
        {
            cancellation.ThrowIfCancellationRequested();
            underWay.Enqueue((encoders.StartNew(() => EncodedDocuments.Encode(chunk, _tokenizer, _options), cancellation), bytes));
            bytesUnderWay += bytes;
            while (underWay.Count > 2 * threads || (bytesUnderWay > MostWaitingBytes && underWay.Count > 1))
                WriteFirst();
        }

        while (underWay.Count > 0)
            WriteFirst();

        void WriteFirst()
        {
            var (task, bytes) = underWay.Dequeue();
            var encoded = task.GetAwaiter().GetResult();
            cancellation.ThrowIfCancellationRequested();
            write(encoded);
            Skipped += encoded.Bad.Count;
            _problems.AddRange(encoded.Bad.Take(MostProblems - _problems.Count));
            bytesUnderWay -= bytes;
            done = new PreparationProgress(done.Documents + encoded.Count, done.Bytes + bytes, done.Tokens + encoded.TokenCount);
            progress?.Report(done);
        }
    }

    private static IEnumerable<(List<Document> Documents, long Bytes)> Chunks(IEnumerable<Document> documents)
    {
        var (chunk, bytes) = (new List<Document>(), 0L);
        foreach (var document in documents)
        {
            chunk.Add(document);
            bytes += document.Utf8.Length;
            if (chunk.Count < ChunkDocuments && bytes < ChunkBytes)
                continue;
            yield return (chunk, bytes);
            (chunk, bytes) = ([], 0);
        }

        if (chunk.Count > 0)
            yield return (chunk, bytes);
    }
}
