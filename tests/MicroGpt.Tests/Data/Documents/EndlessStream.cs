using MicroGpt.Data.Documents;

namespace MicroGpt.Tests.Data.Documents;

/// <summary>As many times the letter a as wanted, made while they are read, with something before and behind them.</summary>
internal sealed class EndlessStream(long count, string before = "", string after = "") : ForwardStream
{
    private long _given;

    public override int Read(Span<byte> buffer)
    {
        var at = 0;
        for (; at < buffer.Length && _given < before.Length; at++)
            buffer[at] = (byte)before[(int)_given++];
        var letters = (int)Math.Clamp(before.Length + count - _given, 0, buffer.Length - at);
        buffer.Slice(at, letters).Fill((byte)'a');
        _given += letters;
        for (at += letters; at < buffer.Length && _given < before.Length + count + after.Length; at++)
            buffer[at] = (byte)after[(int)(_given++ - before.Length - count)];
        return at;
    }
}
