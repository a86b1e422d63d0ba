using System.Runtime.InteropServices;

namespace MicroGpt.Tokenizers;

/// <summary>Byte strings as keys of a dictionary that can be asked with a span.</summary>
internal sealed class ByteStringComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static ByteStringComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] bytes) => GetHashCode(bytes.AsSpan());

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> bytes)
    {
        // Eight bytes at a time, multiplied by the golden ratio's odd 64 bits (Knuth's multiplicative hashing).
        var hash = (ulong)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(bytes));
        foreach (var value in bytes)
            hash = Mix(hash ^ value);
        return (int)(hash >> 32);
    }

    private static ulong Mix(ulong hash)
    {
        hash *= 0x9E3779B97F4A7C15;
        return hash ^ (hash >> 29);
    }
}
