using System.Buffers.Binary;
using System.Text;

namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>A part of a file.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">How long it is.</param>
internal readonly record struct FilePart(long Offset, long Length);

/// <summary>Gives some bytes of a file, which has them.</summary>
internal delegate ReadOnlySpan<byte> ByteSource(long offset, int count);

/// <summary>
/// The list of files in a zip archive (PKWARE's APPNOTE.TXT, with Zip64), for archives whose files are stored as they are, as PyTorch
/// stores them so that they can be read where they lie. Compressed files are refused, and with them archives that unpack to
/// more than they are; so are files that overlap, have the same name, or whose names lead elsewhere.
/// </summary>
internal static class ZipDirectory
{
    private const uint LocalHeader = 0x04034B50;
    private const uint CentralHeader = 0x02014B50;
    private const uint End = 0x06054B50;
    private const uint End64 = 0x06064B50;
    private const uint End64Locator = 0x07064B50;
    private const int LocalBytes = 30;
    private const int CentralBytes = 46;
    private const int EndBytes = 22;
    private const int End64Bytes = 56;
    private const int LocatorBytes = 20;
    private const int Encrypted = 1; // of the flags
    private const ushort Zip64Field = 1; // of the extra fields
    private const int LongestDirectory = 64 << 20;
    private const int LongestName = 1024;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the list and checks it whole.</summary>
    /// <param name="length">The archive's length.</param>
    /// <param name="bytes">The archive.</param>
    /// <returns>Where each file lies, by its name.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or of a kind that is refused; the message is the end of a sentence.</exception>
    public static IReadOnlyDictionary<string, FilePart> Read(long length, ByteSource bytes)
    {
        var (directory, count) = FindDirectory(length, bytes);
        var files = new Dictionary<string, FilePart>();
        var places = new List<(long Begin, long End)>();
        var rest = bytes(directory.Offset, (int)directory.Length);
        for (var i = 0L; i < count; i++)
        {
            var (name, size, header) = TakeEntry(ref rest);
            var data = FindData(name, size, header, directory.Offset, bytes);
            places.Add((header, data.Offset + data.Length));
            if (name.EndsWith('/') && size == 0)
                continue; // a folder
            CheckName(name);
            if (!files.TryAdd(name, data))
                throw new InvalidDataException($"it holds the file {name} twice");
        }

        if (!rest.IsEmpty)
            throw Damaged("its list is longer than it says");
        places.Sort();
        for (var i = 1; i < places.Count; i++)
            if (places[i].Begin < places[i - 1].End)
                throw Damaged("files in it overlap");
        return files;
    }

    private static (FilePart Directory, long Count) FindDirectory(long length, ByteSource bytes)
    {
        var tail = bytes(Math.Max(0, length - EndBytes - ushort.MaxValue), (int)Math.Min(length, EndBytes + ushort.MaxValue));
        var at = tail.Length - EndBytes;
        while (at >= 0 && (UInt32(tail, at) != End || at + EndBytes + UInt16(tail, at + 20) != tail.Length))
            at--;
        if (at < 0)
            throw new InvalidDataException("it is no zip archive, or cut short");
        var end = tail[at..];
        var endsAt = length - tail.Length + at;
        var (count, size, offset) = ((long)UInt16(end, 10), (long)UInt32(end, 12), (long)UInt32(end, 16));
        var disks = UInt32(end, 4) | (UInt16(end, 8) ^ (uint)count);
        if (endsAt >= LocatorBytes && bytes(endsAt - LocatorBytes, LocatorBytes) is var locator && UInt32(locator, 0) == End64Locator)
        {
            var at64 = Int64(locator, 8);
            if (at64 < 0 || at64 > endsAt - LocatorBytes - End64Bytes || bytes(at64, End64Bytes) is var end64 && UInt32(end64, 0) != End64)
                throw Damaged("its end is not where it says");
            end64 = bytes(at64, End64Bytes);
            var (count64, size64, offset64) = (Int64(end64, 32), Int64(end64, 40), Int64(end64, 48));
            if (!Agrees(count, ushort.MaxValue, count64) || !Agrees(size, uint.MaxValue, size64) || !Agrees(offset, uint.MaxValue, offset64))
                throw Damaged("its two ends differ");
            disks = UInt32(end64, 16) | UInt32(end64, 20) | UInt32(locator, 4) | (uint)(Int64(end64, 24) == count64 ? 0 : 1);
            (count, size, offset, endsAt) = (count64, size64, offset64, at64);
        }

        if (disks != 0)
            throw new InvalidDataException("it is a part of an archive of several");
        if (offset < 0 || size < 0 || offset > endsAt || size != endsAt - offset || count < 0 || count > size / CentralBytes)
            throw Damaged("the list of its files is not where it says");
        if (size > LongestDirectory)
            throw Damaged($"the list of its files takes {size:N0} bytes");
        return (new FilePart(offset, size), count);

        static bool Agrees(long value, long saturated, long value64) => value == value64 || value == saturated;
    }

    private static (string Name, long Size, long Header) TakeEntry(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < CentralBytes || UInt32(rest, 0) != CentralHeader)
            throw Damaged("the list of its files");
        var (flags, method) = (UInt16(rest, 8), UInt16(rest, 10));
        var (compressed, size, header) = ((long)UInt32(rest, 20), (long)UInt32(rest, 24), (long)UInt32(rest, 42));
        var (nameLength, extraLength, commentLength) = (UInt16(rest, 28), UInt16(rest, 30), UInt16(rest, 32));
        if (rest.Length - CentralBytes < nameLength + extraLength + commentLength)
            throw Damaged("the list of its files");
        var name = Name(rest.Slice(CentralBytes, nameLength));
        var extra = Zip64(rest.Slice(CentralBytes + nameLength, extraLength));
        Widen(ref size, ref extra);
        Widen(ref compressed, ref extra);
        Widen(ref header, ref extra);
        rest = rest[(CentralBytes + nameLength + extraLength + commentLength)..];
        if ((flags & Encrypted) != 0)
            throw new InvalidDataException($"the file {name} in it is encrypted");
        if (method != 0 || compressed != size)
            throw new InvalidDataException($"the file {name} in it is compressed, and none in a file of torch.save is: it was packed again by something else, or is a TorchScript program; {TorchSignature.SaveAgain("weights")}");
        return (name, size, header);

        static void Widen(ref long value, ref ReadOnlySpan<byte> extra)
        {
            if (value != uint.MaxValue)
                return;
            if (extra.Length < sizeof(long))
                throw Damaged("the list of its files");
            value = Int64(extra, 0);
            extra = extra[sizeof(long)..];
        }
    }

    /// <summary>The file itself, which stands behind a header of its own, whose length only that says.</summary>
    private static FilePart FindData(string name, long size, long header, long end, ByteSource bytes)
    {
        if (header < 0 || header > end - LocalBytes || size < 0)
            throw Damaged($"the file {name} is not in it");
        var local = bytes(header, LocalBytes);
        var start = header + LocalBytes + UInt16(local, 26) + UInt16(local, 28);
        if (UInt32(local, 0) != LocalHeader || start > end || size > end - start
            || Name(bytes(header + LocalBytes, UInt16(local, 26))) != name)
            throw Damaged($"the file {name} is not where it should be");
        return new FilePart(start, size);
    }

    private static ReadOnlySpan<byte> Zip64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            var length = UInt16(extra, 2);
            if (length > extra.Length - 4)
                break;
            if (UInt16(extra, 0) == Zip64Field)
                return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }

        return [];
    }

    private static string Name(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var name = s_strict.GetString(bytes);
            return name.Length <= LongestName && !name.Any(char.IsControl) ? name : throw Damaged("a name in it can't be one");
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException("it is damaged: a name in it is not UTF-8", exception);
        }
    }

    private static void CheckName(string name)
    {
        if (name.AsSpan().ContainsAny('\\', ':') || name.Split('/').Any(part => part is "" or "." or ".."))
            throw new InvalidDataException($"the file \"{name}\" in it has a name that leads elsewhere");
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private static InvalidDataException Damaged(string how) => new($"it is damaged: {how}");
}
