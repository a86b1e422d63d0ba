using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>
/// The tokenizer of a model that has none in its own file: any that <see cref="TokenizerFiles"/> reads, or nanochat's <c>tokenizer.pkl</c>,
/// a pickled <c>tiktoken.Encoding</c>.
/// </summary>
internal static class TorchTokenizer
{
    /// <summary>The name of nanochat's file.</summary>
    public const string FileName = "tokenizer.pkl";

    private const long LongestPickle = 64 << 20; // bytes; one of 200,000 tokens has some 3 MB

    /// <summary>Whether there is one in a folder, or the file.</summary>
    public static bool Exists(string path) => PickleOf(path) is not null || TokenizerFiles.Exists(path);

    /// <summary>Reads a file, or what is in a folder.</summary>
    /// <exception cref="IOException">There is none, or it can't be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or can't be followed exactly.</exception>
    public static ITokenizer Load(string path)
    {
        if (PickleOf(path) is not { } pickle)
            return TokenizerFiles.Load(path);
        try
        {
            if (new FileInfo(pickle).Length > LongestPickle)
                throw new InvalidDataException("it is larger than any tokenizer");
            return Read(File.ReadAllBytes(pickle));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{pickle} can't be read (permission denied).", exception);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{pickle} can't be read: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    /// <summary>The chat template beside the tokenizer, or null.</summary>
    public static string? LoadTemplate(string path) => PickleOf(path) is null ? TokenizerFiles.LoadConfig(path).ChatTemplate : null;

    /// <summary>Reads a pickled encoding.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or something else; the message is the end of a sentence.</exception>
    internal static BpeTokenizer Read(ReadOnlySpan<byte> pickle)
    {
        if (PickleReader.Read(pickle, new TiktokenNames()) is not PickleInstance { State: var state })
            throw new InvalidDataException($"it holds no {TiktokenNames.Encoding}");
        if (state is not PickleDictionary parts)
            throw new InvalidDataException("it holds the name of an encoding of OpenAI's, not the encoding");
        if (parts["pat_str"] is not string pattern || parts["mergeable_ranks"] is not PickleDictionary ranks || parts["special_tokens"] is not PickleDictionary special)
            throw new InvalidDataException("its encoding lacks pattern, ranks or special tokens");
        return TiktokenFile.Build(Tokens(ranks), SplitterOf(pattern), Special(special), TiktokenNames.Encoding);
    }

    private static List<byte[]?> Tokens(PickleDictionary ranks)
    {
        var tokens = new byte[]?[ranks.Items.Count];
        foreach (var (key, value) in ranks.Items)
        {
            if (key is not byte[] token || value is not long rank || rank < 0 || rank >= tokens.Length || tokens[rank] is not null)
                throw new InvalidDataException("the ranks of its tokens are not 0, 1, 2, …, each once");
            tokens[rank] = token;
        }

        return [.. tokens];
    }

    private static AddedToken[] Special(PickleDictionary special) =>
    [
        .. special.Items.Select(item => item is { Key: string name, Value: long and >= 0 and <= int.MaxValue and var id }
            ? new AddedToken((int)id, name)
            : throw new InvalidDataException("its special tokens are not names with ids")),
    ];

    private static Splitter SplitterOf(string pattern)
    {
        try
        {
            return Splitter.FromPattern(pattern);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    private static string? PickleOf(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        return Path.GetExtension(file) == Path.GetExtension(FileName) && File.Exists(file) ? file : null;
    }

    private sealed class TiktokenNames : IPickleNames
    {
        public const string Encoding = "tiktoken.core.Encoding";

        public string Purpose => "a tokenizer";

        public PickleGlobal? Find(string module, string name) =>
            $"{module}.{name}" != Encoding ? null : new PickleGlobal(Encoding, arguments =>
                arguments.Length == 0 ? new PickleInstance(Encoding) : throw new InvalidDataException("its pickle is damaged: an encoding is made of something"));
    }
}
