using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace MicroGpt.Data;

/// <summary>
/// A file of tokens (docs/data.md), mapped into memory: what is read of it comes from the disk when it is read, so that a
/// shard may be larger than memory. Pages read stay with the process until they are many; then the map is made anew.
/// </summary>
/// <remarks>The file must stay as it is while it is open: what is cut off from a mapped file ends the process.</remarks>
public sealed class TokenShard : TokenStore, IDisposable
{
    private const long MostResident = 256 << 20; // bytes of mapped pages
    private const int PageBytes = 1 << 16;       // the system maps so much around a byte that is read
    private const int Piece = 2048;              // tokens read at once

    private readonly ShardHeader _header;
    private readonly MemoryMappedFile _map;
    private readonly long _mostResident;
    private readonly ushort[] _short = new ushort[Piece];
    private MemoryMappedViewAccessor _view;
    private long _resident;

    private TokenShard(string path, ShardHeader header, FileStream file, long mostResident)
    {
        (Path, _header, _mostResident) = (path, header, mostResident);
        _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public override long TokenCount => _header.Tokens;

    /// <inheritdoc/>
    public override long DocumentCount => _header.Documents;

    /// <inheritdoc/>
    public override long LongestDocument => _header.Longest;

    /// <inheritdoc/>
    public override bool HasMask => _header.HasMask;

    /// <summary>Ids are from 0 to this less one.</summary>
    public int VocabularySize => _header.VocabularySize;

    /// <summary>What the content's checksum should be, in hexadecimal digits; <see cref="Verify"/> computes whether it is.</summary>
    public string Checksum => Convert.ToHexStringLower(_header.ContentHash);

    /// <summary>Opens a shard: its header is checked, and that the file is as long as the header says.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">It is no shard, damaged, cut short, of another version or byte order; the message says which.</exception>
    public static TokenShard Open(string path) => Open(path, MostResident);

    /// <summary>Opens a shard of several, of which each may keep its part of the memory.</summary>
    internal static TokenShard OpenOneOf(string path, int count) => Open(path, MostResident / count);

    private static TokenShard Open(string path, long mostResident)
    {
        FileStream? file = null;
        TokenShard? shard = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var start = new byte[ShardHeader.Size];
            var header = ShardHeader.Read(start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)));
            if (file.Length < header.FileSize)
                throw new InvalidDataException(
                    $"is cut short: it has {file.Length:N0} of {header.FileSize:N0} bytes. Copy or prepare the data again.");
            if (file.Length > header.FileSize)
                throw new InvalidDataException($"is damaged: it has {file.Length - header.FileSize:N0} bytes behind its end. Prepare the data again.");
            shard = new TokenShard(path, header, file, mostResident);
            if (shard.StartOf(0) != 0 || shard.StartOf(shard.DocumentCount) != shard.TokenCount)
                throw shard.Damaged("its documents do not begin and end where its tokens do");
            return shard;
        }
        catch (Exception exception)
        {
            shard?.Dispose();
            file?.Dispose();
            throw exception switch
            {
                InvalidDataException when shard is null => new InvalidDataException($"{path} {exception.Message}", exception),
                UnauthorizedAccessException => new IOException($"{path}: the file can't be read (permission denied).", exception),
                FileNotFoundException => new FileNotFoundException($"{path}: there is no such file.", path, exception),
                _ => exception,
            };
        }
    }

    /// <inheritdoc/>
    public override long StartOf(long document)
    {
        if (document < 0 || document > DocumentCount)
            throw new ArgumentOutOfRangeException(nameof(document), document, $"There are {DocumentCount} documents.");
        Span<long> start = stackalloc long[1];
        ReadBytes(_header.OffsetsAt + document * sizeof(long), start);
        return start[0] >= 0 && start[0] <= TokenCount ? start[0] : throw Damaged($"document {document} begins where there are no tokens");
    }

    /// <inheritdoc/>
    public override long LengthOf(long document)
    {
        var length = base.LengthOf(document);
        return length >= 1 && length <= LongestDocument ? length : throw Damaged($"document {document} has {length} tokens");
    }

    /// <inheritdoc/>
    public override void Read(long start, Span<int> tokens)
    {
        CheckRange(start, tokens.Length);
        for (var done = 0; done < tokens.Length; done += Piece)
        {
            var piece = tokens.Slice(done, Math.Min(Piece, tokens.Length - done));
            var at = ShardHeader.Size + (start + done) * _header.BytesPerToken;
            if (_header.BytesPerToken == sizeof(ushort))
            {
                var ids = _short.AsSpan(0, piece.Length);
                ReadBytes(at, ids);
                for (var i = 0; i < ids.Length; i++)
                    piece[i] = ids[i];
            }
            else
            {
                ReadBytes(at, piece);
            }

            foreach (var id in piece)
                if ((uint)id >= (uint)VocabularySize)
                    throw Damaged($"it holds the id {(uint)id}, and the vocabulary has {VocabularySize}");
        }
    }

    /// <inheritdoc/>
    public override void ReadMask(long start, Span<bool> learned)
    {
        if (!HasMask)
        {
            base.ReadMask(start, learned);
            return;
        }

        CheckRange(start, learned.Length);
        if (learned.IsEmpty)
            return;
        var first = start / 8;
        var bits = new byte[(start + learned.Length - 1) / 8 - first + 1];
        ReadBytes(_header.MaskAt + first, bits.AsSpan());
        for (var i = 0; i < learned.Length; i++)
        {
            var bit = (int)(start - first * 8) + i;
            learned[i] = (bits[bit / 8] >> (bit % 8) & 1) != 0;
        }
    }

    /// <summary>Reads the whole file, and compares it with its checksum.</summary>
    /// <exception cref="InvalidDataException">It differs.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public void Verify(CancellationToken cancellation = default)
    {
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[1 << 20];
        file.Position = ShardHeader.Size;
        for (int read; (read = file.Read(piece)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(piece.AsSpan(0, read));
        }

        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(_header.ContentHash))
            throw Damaged("its content does not have its checksum");
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
    }

    private void ReadBytes<TNumber>(long at, Span<TNumber> numbers) where TNumber : unmanaged
    {
        if (_resident > _mostResident)
        {
            _view.Dispose();
            _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            _resident = 0;
        }

        _resident += numbers.Length * sizeof(long) + 2 * PageBytes;
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)at, numbers);
    }

    private InvalidDataException Damaged(string what) => new($"{Path} is damaged: {what}. Prepare the data again.");
}
