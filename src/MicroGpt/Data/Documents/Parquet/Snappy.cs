namespace MicroGpt.Data.Documents.Parquet;

/// <summary>Unpacks Snappy's raw format (https://github.com/google/snappy/blob/main/format_description.txt).</summary>
internal static class Snappy
{
    /// <summary>Unpacks a block that fills its destination exactly.</summary>
    /// <returns>Whether it is whole.</returns>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, Span<byte> unpacked)
    {
        var length = 0UL;
        var at = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (at == packed.Length || shift > 28)
                return false;
            length |= (ulong)(packed[at] & 127) << shift;
            if (packed[at++] < 128)
                break;
        }

        return length == (ulong)unpacked.Length && TryCopyAll(packed[at..], unpacked);
    }

    private static bool TryCopyAll(ReadOnlySpan<byte> packed, Span<byte> unpacked)
    {
        var from = 0;
        var to = 0;
        while (from < packed.Length)
        {
            int tag = packed[from++];
            if ((tag & 3) == 0)
            {
                // A literal: its length less one in the tag, or in the 1 to 4 bytes behind where that is 60 to 63.
                long length = tag >> 2;
                if (length >= 60 && !TryReadNumber(packed, ref from, (int)length - 59, out length))
                    return false;
                length++;
                if (length > packed.Length - from || length > unpacked.Length - to)
                    return false;
                packed.Slice(from, (int)length).CopyTo(unpacked[to..]);
                from += (int)length;
                to += (int)length;
            }
            else
            {
                // A copy of what was unpacked before: 4 to 11 bytes from an offset of 11 bits, or 1 to 64 from one of 16 or 32 bits.
                var isShort = (tag & 3) == 1;
                if (!TryReadNumber(packed, ref from, isShort ? 1 : (tag & 3) == 2 ? 2 : 4, out var offset))
                    return false;
                offset |= isShort ? (long)(tag >> 5) << 8 : 0;
                var length = isShort ? 4 + (tag >> 2 & 7) : 1 + (tag >> 2);
                if (offset == 0 || offset > to || length > unpacked.Length - to)
                    return false;
                Repeat(unpacked, to, (int)offset, length);
                to += length;
            }
        }

        return to == unpacked.Length;
    }

    /// <summary>Copies what lies <paramref name="offset"/> bytes before, which may run into what is being written.</summary>
    private static void Repeat(Span<byte> unpacked, int to, int offset, int length)
    {
        if (offset >= length)
            unpacked.Slice(to - offset, length).CopyTo(unpacked[to..]);
        else
            for (var i = to; i < to + length; i++)
                unpacked[i] = unpacked[i - offset];
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> packed, ref int from, int bytes, out long number)
    {
        number = 0;
        if (bytes > packed.Length - from)
            return false;
        for (var i = 0; i < bytes; i++)
            number |= (long)packed[from++] << (8 * i);
        return true;
    }
}
