using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace MicroGpt.Tokenizers;

/// <summary>
/// Counts the pieces of documents on several threads. Each takes many small documents at once or a part of a large one. Where a
/// piece begins inside a large document can't be known without reading it from its start, so a part begins where one probably
/// does; the thread that reads the part before it finds out whether it was right, and if not the part is taken back and counted anew.
/// </summary>
/// <param name="splitter">Cuts documents into pieces.</param>
/// <param name="longestPiece">Longer pieces are cut, in bytes.</param>
internal sealed class PieceCounter(Splitter splitter, int longestPiece)
{
    private const int Trial = 1 << 16; // bytes read to guess where a piece begins
    private const int TrialPieces = 32; // the guess comes after so many
    private const int CheckInterval = 0xFFF; // pieces between two looks at the cancellation, as a mask

    /// <summary>The size of a part in bytes; tests make it small.</summary>
    public int PartSize { get; init; } = 1 << 20;

    /// <summary>Counts the pieces of all documents.</summary>
    /// <param name="documents">UTF-8 texts; read by one thread at a time.</param>
    /// <param name="threads">How many threads count.</param>
    /// <param name="report">Is told how many bytes are counted, by one thread at a time.</param>
    /// <param name="cancellation">Stops it.</param>
    public PieceCounts Count(IEnumerable<ReadOnlyMemory<byte>> documents, int threads, Action<long> report, CancellationToken cancellation)
    {
        using var source = Parts(documents).GetEnumerator();
        var counts = new PieceCounts[threads];
        var done = 0L;
        try
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
            {
                var own = counts[thread] = new PieceCounts();
                while (Next() is { } work)
                {
                    foreach (var part in work)
                    {
                        part.End = Count(own, part.Document.Span, part.Start, part.Limit, 1, cancellation);
                        if (part.IsLastToFinish())
                            Correct(own, part.Siblings, cancellation);
                    }

                    lock (source)
                        report(done += work.Sum(part => (long)part.Limit - part.Start));
                }
            });
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        var all = counts.First(table => table is not null);
        foreach (var table in counts)
            if (table is not null && table != all)
                all.Add(table);
        return all;

        IReadOnlyList<Part>? Next()
        {
            lock (source)
                return source.MoveNext() ? source.Current : null;
        }
    }

    /// <summary>Small documents together, large ones in parts.</summary>
    private IEnumerable<IReadOnlyList<Part>> Parts(IEnumerable<ReadOnlyMemory<byte>> documents)
    {
        var work = new List<Part>();
        var size = 0L;
        foreach (var document in documents)
        {
            if (document.Length > 2 * PartSize)
            {
                foreach (var part in Cut(document))
                    yield return [part];
                continue;
            }

            work.Add(new Part(document, 0, document.Length));
            size += document.Length + 64; // many empty documents are work, too
            if (size < PartSize)
                continue;
            yield return work;
            (work, size) = ([], 0);
        }

        if (work.Count > 0)
            yield return work;
    }

    private Part[] Cut(ReadOnlyMemory<byte> document)
    {
        var starts = new List<int> { 0 };
        while (document.Length - starts[^1] > 2 * PartSize && Guess(document.Span, starts[^1] + PartSize) is var place && place < document.Length)
            starts.Add(place);
        var parts = starts.Select((start, i) => new Part(document, start, i + 1 < starts.Count ? starts[i + 1] : document.Length)).ToArray();
        var unfinished = new StrongBox<int>(parts.Length);
        foreach (var part in parts)
            (part.Siblings, part.Unfinished) = (parts, unfinished);
        return parts;
    }

    /// <summary>Where a piece probably begins behind a place: pieces read from a wrong place on soon fall in with the right ones.</summary>
    private int Guess(ReadOnlySpan<byte> document, int place)
    {
        while (place < document.Length && (document[place] & 0xC0) == 0x80)
            place++; // not inside a character
        var trial = document[..Math.Min(document.Length, place + Trial)];
        for (var i = 0; i < TrialPieces && place < trial.Length; i++)
        {
            var next = splitter.Next(trial, place);
            if (next == trial.Length && i > 0)
                break; // cut by the trial's end, not by the text
            place = next;
        }

        return place;
    }

    /// <summary>Counts the pieces from a place up to a limit, which the last may pass.</summary>
    /// <returns>The end of the last piece.</returns>
    private int Count(PieceCounts counts, ReadOnlySpan<byte> document, int start, int limit, long times, CancellationToken cancellation)
    {
        for (var i = 1; start < limit; i++)
        {
            var end = splitter.Next(document, start);
            for (; end - start > longestPiece; start += longestPiece)
                counts.Add(document.Slice(start, longestPiece), times);
            counts.Add(document[start..end], times);
            start = end;
            if ((i & CheckInterval) == 0)
                cancellation.ThrowIfCancellationRequested();
        }

        return start;
    }

    /// <summary>Where a part did not end where the next was thought to begin, the next is counted again from the right place.</summary>
    private void Correct(PieceCounts counts, IReadOnlyList<Part> parts, CancellationToken cancellation)
    {
        for (var i = 1; i < parts.Count; i++)
        {
            var (part, start) = (parts[i], parts[i - 1].End);
            if (start == part.Start)
                continue;
            Count(counts, part.Document.Span, part.Start, part.Limit, -1, cancellation);
            part.End = Count(counts, part.Document.Span, start, part.Limit, 1, cancellation);
        }
    }

    /// <summary>What a thread counts at once.</summary>
    /// <param name="Document">The document.</param>
    /// <param name="Start">Where its first piece begins, or is thought to.</param>
    /// <param name="Limit">Where the next part begins.</param>
    private sealed record Part(ReadOnlyMemory<byte> Document, int Start, int Limit)
    {
        /// <summary>Where the piece that reaches or passes the limit ends.</summary>
        public int End { get; set; }

        /// <summary>All parts of the document, where there are several.</summary>
        public IReadOnlyList<Part> Siblings { get; set; } = [];

        /// <summary>How many of them are not yet counted.</summary>
        public StrongBox<int>? Unfinished { get; set; }

        public bool IsLastToFinish() => Unfinished is { } unfinished && Interlocked.Decrement(ref unfinished.Value) == 0;
    }
}
