namespace MicroGpt.Tokenizers;

/// <summary>Builds the table of merges, from those that were learned or from the order of the ids.</summary>
internal static class BpeMerges
{
    // A token of n bytes has n − 1 ways to be cut in two. Published ones have up to a few hundred bytes.
    private const int MostBytesOfRanked = 4096;

    /// <summary>The table of learned merges.</summary>
    /// <exception cref="ArgumentException">A merge is of ids that are not there, gives no token, or comes twice.</exception>
    public static ((int Left, int Right)[] Pairs, MergeTable Table) Learned(BpeVocabulary vocabulary, IReadOnlyList<(int Left, int Right)> merges)
    {
        var table = new MergeTable(merges.Count);
        var pairs = merges.ToArray();
        var bytes = new List<byte>();
        for (var rank = 0; rank < pairs.Length; rank++)
        {
            var (left, right) = pairs[rank];
            if ((uint)left >= (uint)vocabulary.Count || (uint)right >= (uint)vocabulary.Count)
                throw new ArgumentException(
                    $"Merge {rank} is of the ids {left} and {right}, but the vocabulary has 0 to {vocabulary.Count - 1}.");
            bytes.Clear();
            bytes.AddRange(vocabulary[left]);
            bytes.AddRange(vocabulary[right]);
            var id = vocabulary.Find(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes));
            if (id < 0)
                throw new ArgumentException($"Merge {rank} gives \"{Text()}\", which is not in the vocabulary.");
            if (!table.TryAdd(left, right, rank, id))
                throw new ArgumentException($"Merge {rank}, which gives \"{Text()}\", comes twice.");

            string Text() => Wtf8.Decode(bytes.ToArray());
        }

        return (pairs, table);
    }

    /// <summary>
    /// The table of a vocabulary whose ids are ranks: two neighbours merge where their bytes together are a token, so every way to cut a
    /// token into two tokens is a merge of that token's rank.
    /// </summary>
    /// <exception cref="ArgumentException">A token is too long.</exception>
    public static ((int Left, int Right)[] Pairs, MergeTable Table) OfRanks(BpeVocabulary vocabulary)
    {
        var merges = new List<(int Left, int Right, int Id)>(vocabulary.Count);
        for (var id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.IsAdded(id))
                continue;
            var bytes = vocabulary[id];
            if (bytes.Length > MostBytesOfRanked)
                throw new ArgumentException($"The token {id} has {bytes.Length} bytes; {MostBytesOfRanked} can be.");
            for (var cut = 1; cut < bytes.Length; cut++)
                if (Find(bytes[..cut]) is >= 0 and var left && Find(bytes[cut..]) is >= 0 and var right)
                    merges.Add((left, right, id));
        }

        merges.Sort((a, b) => (a.Id, a.Left, a.Right).CompareTo((b.Id, b.Left, b.Right))); // as Hugging Face's conversion writes them
        var table = new MergeTable(merges.Count);
        foreach (var (left, right, id) in merges)
            table.TryAdd(left, right, id, id);
        return ([.. merges.Select(merge => (merge.Left, merge.Right))], table);

        int Find(ReadOnlySpan<byte> bytes) => vocabulary.Find(bytes) is >= 0 and var id && !vocabulary.IsAdded(id) ? id : -1;
    }
}
