using System.Text;

namespace MicroGpt.Tests.Data.Documents;

/// <summary>Writes Thrift's compact protocol, as much of it as files for tests need.</summary>
internal static class Thrift
{
    /// <summary>A field of a structure: numbers of 32 or 64 bits, texts, and what these methods have written.</summary>
    public static byte[] Struct(params (int Id, object Value)[] fields)
    {
        var bytes = new List<byte>();
        var last = 0;
        foreach (var (id, value) in fields)
        {
            var (type, content) = value switch
            {
                int number => (5, UInt64(ZigZag(number))),
                long number => (6, UInt64(ZigZag(number))),
                string text => (8, [.. UInt64((ulong)text.Length), .. Encoding.ASCII.GetBytes(text)]),
                List list => (9, list.Content),
                byte[] structure => (12, structure),
                _ => throw new ArgumentException("A field can't be this.", nameof(fields)),
            };
            bytes.Add((byte)(((id - last) << 4) | type));
            bytes.AddRange(content);
            last = id;
        }

        return [.. bytes, 0];
    }

    public static List ListOf(params byte[][] structures) => new([(byte)((structures.Length << 4) | 12), .. structures.SelectMany(structure => structure)]);

    public static byte[] UInt64(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value >>= 7)
            bytes.Add((byte)(value | 128));
        return [.. bytes, (byte)value];
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public sealed record List(byte[] Content);
}
