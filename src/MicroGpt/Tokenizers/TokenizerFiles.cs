using System.Text;

namespace MicroGpt.Tokenizers;

/// <summary>Tokenizers in files: read in the formats that others write, written in Hugging Face's.</summary>
public static class TokenizerFiles
{
    /// <summary>The name of the tokenizer's file.</summary>
    public const string TokenizerName = "tokenizer.json";

    /// <summary>The name of the file beside it.</summary>
    public const string ConfigName = "tokenizer_config.json";

    private const string VocabularyName = "vocab.json";
    private const string MergesName = "merges.txt";
    private const string TiktokenSuffix = ".tiktoken";
    private const string ChatTemplateName = "chat_template.jinja";
    private const long MostBytes = 512L << 20; // the largest published ones have some 35 MB

    private static readonly string[] s_names = [TokenizerName, VocabularyName, VocabularyText.FileName];

    /// <summary>
    /// Reads a tokenizer: a folder with <c>tokenizer.json</c> (and <c>tokenizer_config.json</c>), or with GPT-2's <c>vocab.json</c> and
    /// <c>merges.txt</c>, or with BERT's <c>vocab.txt</c>; or one of these files, or a <c>.tiktoken</c> file of a known name.
    /// </summary>
    /// <exception cref="IOException">There is no tokenizer, or it can't be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or holds a tokenizer that can't be followed exactly; the message says why.</exception>
    public static ITokenizer Load(string path)
    {
        var file = FileOf(path);
        if (file.EndsWith(TiktokenSuffix, StringComparison.Ordinal))
            return LoadKnownTiktoken(file);
        if (Path.GetFileName(file) == VocabularyText.FileName)
            return Reading(file, () => VocabularyText.Read(Bytes(file), ConfigBytes(file)));
        var config = Config(file);
        return Path.GetFileName(file) is VocabularyName or MergesName
            ? Reading(file, () => Gpt2Files.Read(Bytes(Sibling(file, VocabularyName)), Bytes(Sibling(file, MergesName)), config))
            : Reading(file, () => TokenizerJson.Read(Bytes(file), config));
    }

    /// <summary>Reads a <c>.tiktoken</c> file of any name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="splitter">Cuts the text, which the file does not say.</param>
    /// <param name="specialTokens">The special tokens with their ids, which are not in it; ids between that have no token are reserved.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or the special tokens don't fit.</exception>
    public static BpeTokenizer LoadTiktoken(string path, Splitter splitter, IReadOnlyDictionary<string, int> specialTokens)
    {
        ArgumentNullException.ThrowIfNull(splitter);
        ArgumentNullException.ThrowIfNull(specialTokens);
        return Reading(path, () => TiktokenFile.Read(Bytes(path), splitter, [.. specialTokens.Select(token => new AddedToken(token.Value, token.Key))]));
    }

    /// <summary>Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c>, making the folder where there is none.</summary>
    /// <param name="tokenizer">A tokenizer of this library.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="chatTemplate">The Jinja template for conversations to note in tokenizer_config.json, or null for none.</param>
    /// <exception cref="IOException">They could not be written.</exception>
    public static void Save(ITokenizer tokenizer, string folder, string? chatTemplate = null)
    {
        var content = TokenizerJson.Write(tokenizer);
        try
        {
            Directory.CreateDirectory(folder);
            Write(Path.Combine(folder, ConfigName), TokenizerConfigJson.Write(tokenizer, chatTemplate));
            Write(Path.Combine(folder, TokenizerName), content);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{folder}: the tokenizer can't be written there (permission denied).", exception);
        }
    }

    /// <summary>Whether there is a tokenizer: whether <see cref="Load"/> has something to read.</summary>
    public static bool Exists(string path) => Directory.Exists(path) ? s_names.Any(name => File.Exists(Path.Combine(path, name))) : File.Exists(path);

    /// <summary>The names and the chat template in <c>tokenizer_config.json</c> (and <c>chat_template.jinja</c>) beside a tokenizer.</summary>
    /// <param name="path">What <see cref="Load"/> takes.</param>
    /// <returns>All null where there is no such file.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static TokenizerConfig LoadConfig(string path)
    {
        var file = FileOf(path);
        var config = Config(file) ?? new TokenizerConfig();
        var template = Sibling(file, ChatTemplateName);
        return File.Exists(template) ? config with { ChatTemplate = Encoding.UTF8.GetString(Bytes(template)) } : config;
    }

    private static BpeTokenizer LoadKnownTiktoken(string file) => Reading(file, () =>
    {
        var (splitter, special) = TiktokenFile.Known(Path.GetFileNameWithoutExtension(file));
        return TiktokenFile.Read(Bytes(file), splitter, special);
    });

    private static string FileOf(string path)
    {
        if (!Directory.Exists(path))
            return File.Exists(path) ? path : throw new FileNotFoundException($"{path}: there is no such file or folder.");
        return s_names.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{path} holds no tokenizer: none of {string.Join(", ", s_names)} is there.");
    }

    private static TokenizerConfig? Config(string file)
    {
        var path = Sibling(file, ConfigName);
        return ConfigBytes(file) is { } content ? Reading(path, () => TokenizerConfigJson.Read(content)) : null;
    }

    private static ReadOnlyMemory<byte>? ConfigBytes(string file)
    {
        var path = Sibling(file, ConfigName);
        return File.Exists(path) ? Bytes(path) : (ReadOnlyMemory<byte>?)null;
    }

    private static string Sibling(string file, string name) => Path.Combine(Path.GetDirectoryName(file) ?? "", name);

    private static byte[] Bytes(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                throw new InvalidDataException("it is larger than 512 MB, which no tokenizer is.");
            return File.ReadAllBytes(path);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path} can't be read (permission denied).", exception);
        }
    }

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    private static void Write(string path, byte[] content)
    {
        File.WriteAllBytes(path + ".tmp", content);
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
