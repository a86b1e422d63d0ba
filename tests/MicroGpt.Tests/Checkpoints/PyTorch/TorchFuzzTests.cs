using MicroGpt.Checkpoints.PyTorch;
using MicroGpt.Numerics;
using Microsoft.Win32.SafeHandles;

namespace MicroGpt.Tests.Checkpoints.PyTorch;

/// <summary>
/// Whatever becomes of a file of PyTorch, and of what nanochat writes beside it, reading it ends in a model's parts or in a sentence, without
/// taking more memory than it justifies.
/// </summary>
public sealed class TorchFuzzTests : IDisposable
{
    private const long MostBytes = 8 << 20; // a tokenizer may have 4,096 ids without a token, which get names

    private readonly TemporaryFolder _folder = new();
    private readonly SafeFileHandle _file; // stays open: a new file for each mutation takes a hundred times as long

    public TorchFuzzTests() => _file = File.OpenHandle(Path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);

    private string Path => _folder.File("mutated.pth");

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("files", 1, 4_000)]
    [InlineData("archives", 2, 4_000)]
    [InlineData("pickles", 3, 4_000)]
    [InlineData("tokenizers", 4, 3_000)]
    [InlineData("metas", 5, 3_000)]
    public void Thousands_of_mutations(string reader, ulong seed, int times) => Fuzz(reader, seed, times);

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData("files", 11, 100_000)]
    [InlineData("archives", 12, 300_000)]
    [InlineData("pickles", 13, 400_000)]
    [InlineData("tokenizers", 14, 100_000)]
    [InlineData("metas", 15, 100_000)]
    public void A_million_mutations(string reader, ulong seed, int times) => Fuzz(reader, seed, times);

    private void Fuzz(string reader, ulong seed, int times)
    {
        var (originals, read) = reader switch
        {
            "files" => (Files, ReadFile),
            "archives" => (Files, ReadArchive),
            "pickles" => (Pickles(), ReadPickle),
            "tokenizers" => (Recorded("nanochat/tokenizer.pkl", "nanochat/tokenizer5.pkl"), bytes => TorchTokenizer.Read(bytes)),
            _ => (Recorded("nanochat/meta_000010.json"), (Action<byte[]>)(bytes => NanochatModel.ReadMeta(bytes).Config.Validate())),
        };
        ReaderFuzzTests.Fuzz(seed, times, originals, read, Mutate, MostBytes);
    }

    private static byte[][] Files => Recorded("state_dict.pth", "protocol4.pth", "checkpoint.pth", "parallel.pth");

    private static byte[][] Pickles() =>
        [.. Files.Select(Pickle), new PickleBuilder().StateDict("w", "FloatStorage", 6, 0, [2, 3], [3, 1])];

    private void ReadFile(byte[] bytes)
    {
        RandomAccess.SetLength(_file, bytes.Length);
        RandomAccess.Write(_file, bytes, 0);
        using var file = TorchFile.Open(Path);
        var buffer = new float[64];
        foreach (var entry in file.Entries)
            file.Read(entry.Name, buffer.AsSpan(0, Math.Min(buffer.Length, entry.Shape.Count)), Math.Max(0, entry.Shape.Count - buffer.Length));
    }

    private static void ReadArchive(byte[] bytes)
    {
        foreach (var part in ZipDirectory.Read(bytes.Length, (offset, count) => bytes.AsSpan((int)offset, count)).Values)
            Assert.InRange(part.Offset, 0, bytes.Length - part.Length);
    }

    private static void ReadPickle(byte[] bytes)
    {
        foreach (var (name, tensor) in StateDict.Find(PickleReader.Read(bytes, new TorchNames())))
            if (tensor.Entry(name).Shape.Count is > 0 and var count)
                Assert.InRange(tensor.Run(count - 1).Start, 0, tensor.Storage.Count - 1);
    }

    /// <summary>The usual mutations, and now and then a piece of another place, so that instructions meet operands not meant for them.</summary>
    private static byte[] Mutate(byte[] original, MersenneTwister random)
    {
        var mutation = Mutation.Of(original, random);
        if (random.NextInt32(4) > 0 || mutation.Length < 100)
            return mutation;
        var count = 1 + random.NextInt32(40);
        mutation.AsSpan(random.NextInt32(mutation.Length - count), count).CopyTo(mutation.AsSpan(random.NextInt32(mutation.Length - count)));
        return mutation;
    }

    private static byte[] Pickle(byte[] archive)
    {
        var parts = ZipDirectory.Read(archive.Length, (offset, count) => archive.AsSpan((int)offset, count));
        var part = parts.First(file => file.Key.EndsWith("/data.pkl", StringComparison.Ordinal)).Value;
        return archive.AsSpan((int)part.Offset, (int)part.Length).ToArray();
    }

    private static byte[][] Recorded(params string[] names) => Array.ConvertAll(names, name => File.ReadAllBytes(RecordedFiles.Path(name)));
}
