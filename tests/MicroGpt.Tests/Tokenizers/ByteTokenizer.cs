using System.Buffers;
using System.Text;
using MicroGpt.Tokenizers;

namespace MicroGpt.Tests.Tokenizers;

/// <summary>The simplest tokenizer with special tokens: a byte is its own id, and the special tokens follow.</summary>
internal sealed class ByteTokenizer(params IReadOnlyList<string> special) : ITokenizer
{
    public int VocabularySize => 256 + special.Count;

    public int? BosId => null;

    public int? EosId => null;

    public IReadOnlyDictionary<string, int> SpecialTokens { get; } = special.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => 256 + pair.i);

    public int[] Encode(string text, bool allowSpecial = false) =>
        allowSpecial ? throw new NotSupportedException("Nothing here may ask for it.") : [.. Encoding.UTF8.GetBytes(text)];

    public void EncodeUtf8(ReadOnlySpan<byte> text, List<int> ids)
    {
        foreach (var value in text)
            ids.Add(value);
    }

    public string Decode(IEnumerable<int> ids, bool withSpecial = false)
    {
        var output = new ArrayBufferWriter<byte>();
        DecodeUtf8([.. ids], output, withSpecial);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public void DecodeUtf8(ReadOnlySpan<int> ids, IBufferWriter<byte> output, bool withSpecial = false)
    {
        foreach (var id in ids)
        {
            if (id < 256)
                output.Write([(byte)id]);
            else if (withSpecial)
                output.Write(Encoding.UTF8.GetBytes(special[id - 256]));
        }
    }

    public string TokenText(int id) => Decode([id], withSpecial: true);
}
