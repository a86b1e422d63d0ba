using System.IO.Compression;
using System.Runtime.InteropServices;

namespace MicroGpt.Data.Documents.Parquet;

/// <summary>Unpacks pages.</summary>
internal static class PageCodec
{
    private const int None = 0, SnappyCodec = 1, Gzip = 2, ZstdCodec = 6;

    private static readonly string[] s_names = ["none", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw"];

    /// <summary>Whether and why pages of this codec can't be read here; null where they can.</summary>
    public static string? Problem(int codec) => codec switch
    {
        None or SnappyCodec or Gzip => null,
        ZstdCodec => Zstd.IsAvailable ? null : Zstd.Missing,
        >= 0 when codec < s_names.Length => $"it is packed with {s_names[codec]}; write it with snappy, gzip, zstd or nothing.",
        _ => $"it is packed with a codec of number {codec}, which there is not; the file is damaged, or newer than this reader.",
    };

    /// <summary>The most bytes that so many packed ones can become: what promises more is damaged.</summary>
    public static long MostUnpacked(int codec, long packed) => codec switch
    {
        None => packed,
        SnappyCodec => packed * 64 / 3,   // 3 bytes copy 64
        Gzip => packed * 1032,            // deflate: 258 bytes in 2 bits
        _ => 64 + (packed * (128 << 10) / 4), // zstd: a block of 128 KiB in 4 bytes
    };

    /// <summary>Unpacks a page that fills its destination exactly.</summary>
    /// <exception cref="InvalidDataException">The page is damaged.</exception>
    public static void Unpack(int codec, ReadOnlyMemory<byte> packed, Span<byte> unpacked)
    {
        var isWhole = codec switch
        {
            None => packed.Length == unpacked.Length && packed.Span.TryCopyTo(unpacked),
            SnappyCodec => Snappy.TryUnpack(packed.Span, unpacked),
            Gzip => TryUnpackGzip(packed, unpacked),
            _ => Zstd.TryUnpack(packed.Span, unpacked),
        };
        if (!isWhole)
            throw new InvalidDataException("a page does not unpack to what it says");
    }

    private static bool TryUnpackGzip(ReadOnlyMemory<byte> packed, Span<byte> unpacked)
    {
        MemoryMarshal.TryGetArray(packed, out var bytes);
        using var stream = new GZipStream(new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count), CompressionMode.Decompress);
        return stream.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false) == unpacked.Length && stream.ReadByte() < 0;
    }
}
