using System.Buffers;

namespace MicroGpt.Data.Documents;

/// <summary>Finds the elements of a JSON array, over as many lines as they take; whether they are JSON is for others to check.</summary>
internal sealed class JsonArrayReader(ByteWindow window, string name, int longest) : RecordReader(window, longest)
{
    private static readonly SearchValues<byte> s_structure = SearchValues.Create("\"[]{},"u8);

    private int _length;  // of the element and the blanks round it
    private bool _begun;
    private bool _ended;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Record => Window.Bytes[.._length];

    /// <summary>Whether the first thing in the window is an array.</summary>
    public static bool IsArray(ByteWindow window)
    {
        while (Utf8Text.Trim(window.Bytes).IsEmpty && window.Bytes.Length < 1 << 16 && window.Fill())
            continue;
        return Utf8Text.Trim(window.Bytes).StartsWith((byte)'[');
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file ends within the array, or there is more behind it.</exception>
    public override bool Next()
    {
        if (!_begun)
            _length = Window.Bytes.IndexOf((byte)'[');
        if (_ended)
            return PassEnd();

        Pass(_length + 1); // the bracket or the comma stands behind
        IsTooLong = false;
        var first = !_begun;
        _begun = true;
        FindEnd();
        var blanks = Record[..^Record.TrimStart(" \t\r\n"u8).Length];
        _length -= blanks.Length;
        Pass(blanks.Length);
        return _ended && first && _length == 0 ? PassEnd() : true; // [] has no element
    }

    private bool PassEnd()
    {
        Pass(_length + 1);
        (_length, IsTooLong) = (-1, false); // a call more passes nothing
        do
        {
            if (!Utf8Text.Trim(Window.Bytes).IsEmpty)
                throw new InvalidDataException(
                    $"{name}: there is more behind the end of the JSON array in line {Number:N0}; where every line is a value of its own, name the file .jsonl.");
            Pass(Window.Bytes.Length);
        }
        while (Window.Fill());
        return false;
    }

    private void Pass(int count)
    {
        Number += Window.Bytes[..count].Count((byte)'\n');
        Window.Skip(count);
    }

    /// <summary>Goes to the comma or bracket behind the element, round strings and whatever stands in brackets.</summary>
    private void FindEnd()
    {
        var depth = 0;
        var inText = false;
        _length = 0;
        while (true)
        {
            var rest = Window.Bytes[_length..];
            var next = inText ? rest.IndexOfAny((byte)'"', (byte)'\\') : rest.IndexOfAny(s_structure);
            if (next < 0 || (rest[next] == '\\' && next + 1 == rest.Length))
            {
                _length += next < 0 ? rest.Length : next;
                if (_length > Longest)
                {
                    IsTooLong = true;
                    Pass(_length);
                    _length = 0;
                }

                if (!Window.Fill())
                    throw new InvalidDataException(
                        $"{name}: the JSON array never ends; the file is cut short, or a bracket or quote is open from line {Number:N0} on.");
                continue;
            }

            _length += next;
            switch (rest[next])
            {
                case (byte)'\\':
                    _length++; // whatever follows means itself
                    break;
                case (byte)'"':
                    inText = !inText;
                    break;
                case (byte)'[' or (byte)'{':
                    depth++;
                    break;
                case (byte)',' when depth == 0:
                    IsTooLong |= _length > Longest;
                    return;
                case (byte)']' when depth == 0:
                    IsTooLong |= _length > Longest;
                    _ended = true;
                    return;
                case (byte)']' or (byte)'}':
                    depth--;
                    break;
                default:
                    break;
            }

            _length++;
        }
    }
}
