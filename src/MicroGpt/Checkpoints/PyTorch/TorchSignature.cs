namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>How the files of PyTorch begin, those of today and those before version 1.6.</summary>
internal static class TorchSignature
{
    /// <summary>As many of a file's first bytes are looked at.</summary>
    public const int Bytes = 264;

    /// <summary>The name of the pickle in the archive's folder.</summary>
    public const string Pickle = "data.pkl";

    // The number 0x1950a86a20f9469cfc6c in a pickle of its own: the first of five, one after the other, from before 1.6.
    private static ReadOnlySpan<byte> OldMagic => [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    private const int TarMagicAt = 257; // the format before that was a tar archive

    /// <summary>Whether it is a file of PyTorch, or perhaps another zip archive.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith("PK\u0003\u0004"u8) || IsOld(start);

    /// <summary>Refuses files that are not zip archives.</summary>
    /// <exception cref="InvalidDataException">It is none; the message is the end of a sentence.</exception>
    public static void Check(ReadOnlySpan<byte> start)
    {
        if (IsOld(start))
            throw new InvalidDataException(
                $"it is in the format from before PyTorch 1.6, which is not read here; {SaveAgain("torch.load(\"FILE\", map_location=\"cpu\")")}");
        if (start.StartsWith("version https://git-lfs."u8))
            throw new InvalidDataException("it is a pointer of Git LFS to the file, not the file; get that with git lfs pull");
        if (!Recognizes(start))
            throw new InvalidDataException("it is no file that torch.save wrote");
    }

    /// <summary>What to do with a file of another kind.</summary>
    public static string SaveAgain(string weights) => $"convert it in Python with torch.save({weights}, \"new.pth\")";

    private static bool IsOld(ReadOnlySpan<byte> start) =>
        (start.Length > 2 && start[2..].StartsWith(OldMagic)) || (start.Length > TarMagicAt && start[TarMagicAt..].StartsWith("ustar"u8));
}
