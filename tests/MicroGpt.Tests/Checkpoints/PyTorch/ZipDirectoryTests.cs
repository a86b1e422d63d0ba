using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using MicroGpt.Checkpoints.PyTorch;

namespace MicroGpt.Tests.Checkpoints.PyTorch;

public sealed class ZipDirectoryTests
{
    private const int EndBytes = 22;

    [Fact]
    public void Files_are_where_the_list_says()
    {
        var archive = TorchArchive.Write("pickle"u8.ToArray(), "numbers"u8.ToArray());
        var files = Read(archive);
        Assert.Equal(["archive/data.pkl", "archive/byteorder", "archive/data/0"], files.Keys);
        Assert.Equal("pickle"u8.ToArray(), Content("archive/data.pkl"));
        Assert.Equal("numbers"u8.ToArray(), Content("archive/data/0"));

        byte[] Content(string name) => archive.AsSpan((int)files[name].Offset, (int)files[name].Length).ToArray();
    }

    [Fact]
    public void PyTorchs_own_with_its_64_bit_end_are_read()
    {
        var archive = File.ReadAllBytes(RecordedFiles.Path("protocol4.pth"));
        Assert.Contains("protocol4/data/0", Read(archive).Keys);
        archive[^12]++; // the number of files in the old end, which the new one contradicts
        Assert.Equal("it is damaged: its two ends differ", Refused(archive));
    }

    [Fact]
    public void A_comment_behind_the_end_and_folders_do_no_harm()
    {
        var archive = TorchArchive.Write([1]);
        archive[^2] = 5;
        Assert.Equal(2, Read([.. archive, .. "hello"u8]).Count);
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            zip.CreateEntry("archive/data/");
        Assert.Empty(Read(stream.ToArray()));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("archive/../x")]
    [InlineData("/etc/passwd")]
    [InlineData("C:/x")]
    [InlineData("a\\..\\x")]
    [InlineData("archive//x")]
    [InlineData(".")]
    public void Names_that_lead_elsewhere_are_refused(string name) =>
        Assert.Equal($"the file \"{name}\" in it has a name that leads elsewhere", Refused(TorchArchive.Write([1], null, CompressionLevel.NoCompression, name)));

    [Fact]
    public void The_same_name_twice_is_refused() =>
        Assert.Equal("it holds the file archive/data.pkl twice", Refused(TorchArchive.Write([1], null, CompressionLevel.NoCompression, "archive/data.pkl")));

    [Fact]
    public void Compressed_files_are_refused_whatever_they_unpack_to() =>
        Assert.Contains("is compressed", Refused(TorchArchive.Write(new byte[1_000_000], null, CompressionLevel.SmallestSize)), StringComparison.Ordinal);

    [Fact]
    public void Encrypted_files_are_refused() =>
        Assert.Contains("is encrypted", Refused(Changed((archive, first, _) => archive[first + 8] |= 1)), StringComparison.Ordinal);

    [Fact]
    public void Files_that_overlap_are_refused() =>
        Assert.Equal("it is damaged: files in it overlap", Refused(Overlapping()));

    [Fact]
    public void Parts_of_archives_are_refused() =>
        Assert.Contains("several", Refused(Changed((archive, _, end) => archive[end + 4] = 1)), StringComparison.Ordinal);

    [Theory]
    [InlineData(10, 200)] // more files than the list has room for
    [InlineData(10, 1)]   // and fewer
    [InlineData(12, 30)]  // the list's length
    [InlineData(16, 99)]  // where it is
    public void Ends_that_lie_are_refused(int field, byte value) =>
        Assert.StartsWith("it is damaged: ", Refused(Changed((archive, _, end) => (archive[end + field], archive[end + 8]) = (value, field == 10 ? value : archive[end + 8]))), StringComparison.Ordinal);

    [Theory]
    [InlineData(20, 0xFF)] // compressed size
    [InlineData(24, 0xFF)] // size
    [InlineData(28, 0xFF)] // the name's length
    [InlineData(30, 0xFF)] // the extra field's
    [InlineData(42, 0x01)] // where the file is
    [InlineData(46, 0x00)] // its name
    [InlineData(46, 0xFF)]
    [InlineData(46, (byte)'b')] // differs from that before the file
    public void Entries_that_lie_are_refused(int field, byte value) =>
        Assert.NotEmpty(Refused(Changed((archive, first, _) => archive[first + field] = value)));

    [Fact]
    public void Sizes_and_places_of_64_bits_are_read()
    {
        var plain = TorchArchive.Write("pickle"u8.ToArray(), "numbers"u8.ToArray());
        Assert.Equal(Read(plain), Read(Widened(plain, size => size)));
        Assert.Equal("it is damaged: the file archive/data.pkl is not where it should be", Refused(Widened(plain, size => size + (1L << 40))));
        Assert.Contains("is not in it", Refused(Widened(plain, _ => -1)), StringComparison.Ordinal);
    }

    /// <summary>The archive with the first file's sizes and place in a field of their own, as files beyond 4 GiB have them.</summary>
    private static byte[] Widened(byte[] archive, Func<long, long> change)
    {
        var end = archive.Length - EndBytes;
        var first = BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(end + 16));
        var bytes = archive.ToList();
        var field = new List<byte> { 1, 0, 24, 0 };
        foreach (var at in (int[])[24, 20, 42]) // size, compressed size, place
        {
            var value = BinaryPrimitives.ReadUInt32LittleEndian(archive.AsSpan(first + at));
            field.AddRange(BitConverter.GetBytes(at == 42 ? value : change(value)));
            for (var i = 0; i < 4; i++)
                bytes[first + at + i] = 0xFF;
        }

        bytes[first + 30] = (byte)field.Count;
        bytes[end + 12] += (byte)field.Count; // the list's length
        bytes.InsertRange(first + 46 + archive[first + 28], field);
        return [.. bytes];
    }

    [Fact]
    public void Sizes_of_64_bits_beyond_the_file_are_refused()
    {
        var message = Refused(Changed((archive, first, _) => BinaryPrimitives.WriteUInt32LittleEndian(archive.AsSpan(first + 42), uint.MaxValue)));
        Assert.Equal("it is damaged: the list of its files", message); // there is no field with the true place
    }

    [Fact]
    public void What_is_no_archive_is_refused() => Assert.Equal("it is no zip archive, or cut short", Refused(Encoding.UTF8.GetBytes(new string('x', 100_000))));

    /// <summary>Two entries of the list name the same bytes.</summary>
    private static byte[] Overlapping()
    {
        var archive = TorchArchive.Write("same"u8.ToArray(), null, CompressionLevel.NoCompression, "archive/data.pk2");
        var names = Encoding.Latin1.GetString(archive);
        var second = names.LastIndexOf("archive/data.pk2", StringComparison.Ordinal) - 46;
        var local = names.IndexOf("archive/data.pk2", StringComparison.Ordinal);
        // Its header now stands within the data of the first, which is long enough to reach over it.
        var first = names.LastIndexOf("archive/data.pkl", StringComparison.Ordinal) - 46;
        var reach = local + 16 + 3 - (names.IndexOf("archive/data.pkl", StringComparison.Ordinal) + 16);
        BinaryPrimitives.WriteInt32LittleEndian(archive.AsSpan(first + 20), reach);
        BinaryPrimitives.WriteInt32LittleEndian(archive.AsSpan(first + 24), reach);
        Assert.Equal(3, archive[second + 24]);
        return archive;
    }

    private static byte[] Changed(Action<byte[], int, int> change)
    {
        var archive = TorchArchive.Write("pickle"u8.ToArray());
        var end = archive.Length - EndBytes;
        change(archive, BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(end + 16)), end);
        return archive;
    }

    private static string Refused(byte[] archive) => Assert.Throws<InvalidDataException>(() => Read(archive)).Message;

    private static IReadOnlyDictionary<string, FilePart> Read(byte[] archive) =>
        ZipDirectory.Read(archive.Length, (offset, count) => archive.AsSpan(checked((int)offset), count));
}
