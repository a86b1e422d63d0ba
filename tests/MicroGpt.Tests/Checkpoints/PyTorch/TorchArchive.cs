using System.IO.Compression;

namespace MicroGpt.Tests.Checkpoints.PyTorch;

/// <summary>Writes archives as <c>torch.save</c> does, with a pickle that may be anything.</summary>
internal static class TorchArchive
{
    public static byte[] Write(byte[] pickle, byte[]? storage = null, CompressionLevel compression = CompressionLevel.NoCompression, params string[] more)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("archive/data.pkl", pickle);
            Add("archive/byteorder", "little"u8.ToArray());
            if (storage is not null)
                Add("archive/data/0", storage);
            foreach (var name in more)
                Add(name, [1, 2, 3]);

            void Add(string name, byte[] content)
            {
                using var entry = archive.CreateEntry(name, compression).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }
}
