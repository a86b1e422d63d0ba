using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MicroGpt.Data;

/// <summary>
/// Writes a token shard (docs/data.md), document by document. The file gets its name when it is complete: until then, and if it
/// never is, there is at most a temporary one, which goes with this writer.
/// </summary>
public sealed class ShardWriter : IDisposable
{
    private const int BufferedTokens = 1 << 15;

    private readonly string _path;
    private readonly int _vocabularySize;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<long> _offsets = [0];
    private readonly List<byte>? _mask;
    private readonly byte[] _buffer;
    private int _buffered; // tokens in the buffer
    private long _longest;
    private bool _isComplete;

    /// <summary>Begins a shard.</summary>
    /// <param name="path">The name that it will have.</param>
    /// <param name="vocabularySize">Ids are from 0 to this less one.</param>
    /// <param name="hasMask">Whether it says of every token whether it is to be learned.</param>
    /// <exception cref="IOException">The file can't be made.</exception>
    public ShardWriter(string path, int vocabularySize, bool hasMask = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        (_path, _vocabularySize, _mask) = (path, vocabularySize, hasMask ? [] : null);
        _buffer = new byte[BufferedTokens * ShardHeader.BytesFor(vocabularySize)];
        try
        {
            _file = new FileStream(Temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            _file.Write(new byte[ShardHeader.Size]); // known at the end
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw Failed(exception);
        }
    }

    /// <summary>Tokens so far.</summary>
    public long TokenCount => _offsets[^1];

    /// <summary>Documents so far.</summary>
    public long DocumentCount => _offsets.Count - 1;

    private string Temporary => _path + ".tmp";

    /// <summary>Adds a document.</summary>
    /// <param name="tokens">Its tokens, at least one.</param>
    /// <param name="learned">Which of them are to be learned, where the shard says so; none given for all.</param>
    /// <exception cref="ArgumentException">There is no token, one is not in the vocabulary, or the mask is of another length.</exception>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Add(ReadOnlySpan<int> tokens, ReadOnlySpan<bool> learned = default)
    {
        if (tokens.IsEmpty)
            throw new ArgumentException("A document has at least one token.", nameof(tokens));
        if (!learned.IsEmpty && (_mask is null || learned.Length != tokens.Length))
            throw new ArgumentException("A mask is for shards that have one, and says something of every token.", nameof(learned));
        foreach (var token in tokens)
            if ((uint)token >= (uint)_vocabularySize)
                throw new ArgumentException($"The id {token} is not in a vocabulary of {_vocabularySize}.", nameof(tokens));

        for (var i = 0; i < tokens.Length; i++)
        {
            Buffer(tokens[i]);
            if (_mask is null)
                continue;
            var bit = TokenCount + i;
            if (bit % 8 == 0)
                _mask.Add(0);
            if (learned.IsEmpty || learned[i])
                _mask[^1] |= (byte)(1 << (int)(bit % 8));
        }

        _offsets.Add(TokenCount + tokens.Length);
        _longest = Math.Max(_longest, tokens.Length);
    }

    /// <summary>Writes the rest, and gives the file its name.</summary>
    /// <returns>The checksum of the content, in hexadecimal digits.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public string Complete()
    {
        try
        {
            WriteBuffered();
            Pad();
            Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_offsets)));
            if (_mask is not null)
            {
                Write(CollectionsMarshal.AsSpan(_mask));
                Pad();
            }

            var header = new ShardHeader
            {
                VocabularySize = _vocabularySize,
                HasMask = _mask is not null,
                Tokens = TokenCount,
                Documents = DocumentCount,
                Longest = _longest,
                ContentHash = _hash.GetHashAndReset(),
            };
            _file.Position = 0;
            _file.Write(header.ToBytes());
            _file.Flush(flushToDisk: true);
            _file.Dispose();
            File.Move(Temporary, _path, overwrite: true);
            _isComplete = true;
            return Convert.ToHexStringLower(header.ContentHash);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failed(exception);
        }
    }

    /// <summary>Ends; an incomplete file goes.</summary>
    public void Dispose()
    {
        _hash.Dispose();
        if (_file is null || _isComplete)
            return;
        try
        {
            _file.Dispose();
            File.Delete(Temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What made it incomplete says more than this would.
        }
    }

    private void Buffer(int token)
    {
        if (_vocabularySize <= 1 << 16)
            MemoryMarshal.Write(_buffer.AsSpan(_buffered++ * sizeof(ushort)), (ushort)token);
        else
            MemoryMarshal.Write(_buffer.AsSpan(_buffered++ * sizeof(int)), token);
        if (_buffered < BufferedTokens)
            return;
        try
        {
            WriteBuffered();
        }
        catch (IOException exception)
        {
            throw Failed(exception);
        }
    }

    private void WriteBuffered()
    {
        Write(_buffer.AsSpan(0, _buffered * ShardHeader.BytesFor(_vocabularySize)));
        _buffered = 0;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes);
        _hash.AppendData(bytes);
    }

    private void Pad() => Write(new byte[ShardHeader.Padded(_file.Position) - _file.Position]);

    private IOException Failed(Exception exception) => new($"{_path} could not be written: {exception.Message}", exception);
}
