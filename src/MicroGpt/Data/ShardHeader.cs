using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MicroGpt.Data;

/// <summary>
/// The first 128 bytes of a token shard, and with them where everything else is (docs/data.md). Numbers have the byte order of
/// the machine that wrote them, which a mark tells.
/// </summary>
internal sealed record ShardHeader
{
    public const int Size = 128;
    public const int HashSize = SHA256.HashSizeInBytes;
    public const int CurrentVersion = 1;
    public const uint ByteOrderMark = 0x01020304;

    // Where the fields are.
    private const int OrderAt = 8, VersionAt = 12, TokenBytesAt = 16, FlagsAt = 20, VocabularyAt = 24,
        TokensAt = 32, DocumentsAt = 40, LongestAt = 48, ContentHashAt = 64, HeaderHashAt = 96;

    private const int MaskFlag = 1;
    private const long MostTokens = 1L << 48; // far beyond any disk, and sums of sizes stay within 64 bits

    /// <summary>What a shard begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "MGPTOKEN"u8;

    /// <summary>Token ids are from 0 to this less one.</summary>
    public required int VocabularySize { get; init; }

    public required bool HasMask { get; init; }

    public required long Tokens { get; init; }

    public required long Documents { get; init; }

    /// <summary>Tokens of the longest document.</summary>
    public required long Longest { get; init; }

    /// <summary>SHA-256 of everything behind the header.</summary>
    public required byte[] ContentHash { get; init; }

    /// <summary>Ids below 65,536 take two bytes, others four.</summary>
    public int BytesPerToken => BytesFor(VocabularySize);

    /// <summary>Where the documents' offsets begin: D + 1 numbers of 8 bytes.</summary>
    public long OffsetsAt => Size + Padded(Tokens * BytesPerToken);

    /// <summary>Where the mask begins: a bit a token, the lowest bit of a byte first.</summary>
    public long MaskAt => OffsetsAt + (Documents + 1) * sizeof(long);

    /// <summary>The length of the file.</summary>
    public long FileSize => MaskAt + (HasMask ? Padded((Tokens + 7) / 8) : 0);

    public static int BytesFor(int vocabularySize) => vocabularySize <= 1 << 16 ? sizeof(ushort) : sizeof(uint);

    /// <summary>Every part begins at a multiple of 8 bytes.</summary>
    public static long Padded(long bytes) => (bytes + 7) & ~7L;

    /// <summary>Reads and checks.</summary>
    /// <exception cref="InvalidDataException">It is no such header; the message is the end of a sentence that begins with the file.</exception>
    public static ShardHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Magic.Length || !bytes.StartsWith(Magic))
            throw new InvalidDataException("is not a token shard. Make shards with: microgpt data prepare");
        if (bytes.Length < Size)
            throw new InvalidDataException("is cut short: not even its header is whole. Prepare the data again.");
        var order = At<uint>(bytes, OrderAt);
        if (order == System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(ByteOrderMark))
            throw new InvalidDataException("was written on a machine of another byte order. Prepare the data on this machine.");
        if (order == ByteOrderMark && At<int>(bytes, VersionAt) is var version && version != CurrentVersion)
            throw new InvalidDataException(
                $"is of version {version} of the shards' format; this program reads version {CurrentVersion}. Prepare the data again.");
        if (!SHA256.HashData(bytes[..HeaderHashAt]).AsSpan().SequenceEqual(bytes[HeaderHashAt..Size]))
            throw new InvalidDataException("is damaged: its header does not have its checksum. Prepare the data again.");

        var header = new ShardHeader
        {
            VocabularySize = At<int>(bytes, VocabularyAt),
            HasMask = (At<int>(bytes, FlagsAt) & MaskFlag) != 0,
            Tokens = At<long>(bytes, TokensAt),
            Documents = At<long>(bytes, DocumentsAt),
            Longest = At<long>(bytes, LongestAt),
            ContentHash = bytes.Slice(ContentHashAt, HashSize).ToArray(),
        };
        if (order != ByteOrderMark || (At<int>(bytes, FlagsAt) & ~MaskFlag) != 0 || header.VocabularySize < 1
            || At<int>(bytes, TokenBytesAt) != header.BytesPerToken
            || header.Tokens is < 0 or > MostTokens || header.Documents < 0 || header.Documents > header.Tokens
            || header.Longest < 0 || header.Longest > header.Tokens)
            throw new InvalidDataException("is damaged: the numbers in its header can't be. Prepare the data again.");
        return header;

        static TNumber At<TNumber>(ReadOnlySpan<byte> bytes, int offset) where TNumber : unmanaged =>
            MemoryMarshal.Read<TNumber>(bytes[offset..]);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Magic.CopyTo(bytes);
        Put(OrderAt, ByteOrderMark);
        Put(VersionAt, CurrentVersion);
        Put(TokenBytesAt, BytesPerToken);
        Put(FlagsAt, HasMask ? MaskFlag : 0);
        Put(VocabularyAt, VocabularySize);
        Put(TokensAt, Tokens);
        Put(DocumentsAt, Documents);
        Put(LongestAt, Longest);
        ContentHash.CopyTo(bytes, ContentHashAt);
        SHA256.HashData(bytes.AsSpan(0, HeaderHashAt), bytes.AsSpan(HeaderHashAt));
        return bytes;

        void Put<TNumber>(int offset, TNumber value) where TNumber : unmanaged => MemoryMarshal.Write(bytes.AsSpan(offset), value);
    }
}
