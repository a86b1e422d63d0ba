using System.Runtime.InteropServices;

namespace MicroGpt.Checkpoints.PyTorch;

/// <summary>
/// Reads Python pickles of protocols 2 to 5 (Lib/pickletools.py in python/cpython) as data. It is a stack machine without the
/// instructions and names that could do harm: only <see cref="IPickleNames"/> gives a name a meaning, and nothing is imported, looked
/// up or executed. It is no general reader: what neither a state_dict nor a tokenizer needs is refused.
/// </summary>
/// <remarks>
/// What comes out: null, bool, long, double, string, byte[], object?[] for tuples, List&lt;object?&gt;, <see cref="PickleDictionary"/>,
/// <see cref="PickleGlobal"/>, <see cref="PickleInstance"/>, and what calls give. An object may be in several places, even within itself.
/// </remarks>
internal ref struct PickleReader
{
    // Every instruction makes one object at most, so this bounds the memory, to some 500 MB at the very worst. The largest
    // tokenizers have 600,000 instructions, checkpoints of a thousand tensors with their optimizer 100,000.
    private const int MostInstructions = 4_000_000;
    private const int MostOnStack = 1_000_000; // Python writes at most 1,000 items of a list or dict at a time
    private const int OldestProtocol = 2;
    private const int NewestProtocol = 5;

    private readonly IPickleNames _names;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = []; // how high the stack was
    private readonly Dictionary<long, object?> _memo = [];
    private PickleInput _input;

    private PickleReader(ReadOnlySpan<byte> bytes, IPickleNames names)
    {
        _input = new PickleInput(bytes);
        _names = names;
    }

    /// <summary>Reads a pickle.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="names">What it may name.</param>
    /// <returns>The object in it.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or has what is not allowed; the message is the end of a sentence.</exception>
    public static object? Read(ReadOnlySpan<byte> bytes, IPickleNames names)
    {
        var reader = new PickleReader(bytes, names);
        return reader.Run();
    }

    private object? Run()
    {
        if ((PickleOpcode)_input.Byte() != PickleOpcode.Proto || _input.Byte() is < OldestProtocol or > NewestProtocol)
            throw new InvalidDataException($"its pickle is not of the protocols {OldestProtocol} to {NewestProtocol}");
        for (var count = 0; count < MostInstructions; count++)
        {
            var at = _input.Position;
            var opcode = (PickleOpcode)_input.Byte();
            if (opcode == PickleOpcode.Stop)
                return _stack.Count == 1 && _marks.Count == 0 ? _stack[0] : throw Damaged("it ends in the middle");
            Follow(opcode, at);
            if (_stack.Count + _marks.Count > MostOnStack)
                throw Damaged($"it has {MostOnStack:N0} objects at once that belong to nothing");
        }

        throw new InvalidDataException($"its pickle has more than {MostInstructions:N0} instructions, more than {_names.Purpose} needs");
    }

    private void Follow(PickleOpcode opcode, int at)
    {
        switch (opcode)
        {
            case PickleOpcode.Frame: // a hint how much to read at once
                if (_input.UInt64() > int.MaxValue)
                    throw Damaged("a frame is longer than it");
                break;

            case PickleOpcode.None: Push(null); break;
            case PickleOpcode.NewTrue: Push(true); break;
            case PickleOpcode.NewFalse: Push(false); break;
            case PickleOpcode.BinInt: Push((long)_input.Int32()); break;
            case PickleOpcode.BinInt1: Push((long)_input.Byte()); break;
            case PickleOpcode.BinInt2: Push((long)_input.UInt16()); break;
            case PickleOpcode.Long1: Push(_input.Integer(_input.Byte())); break;
            case PickleOpcode.Long4: Push(_input.Integer(_input.UInt32())); break;
            case PickleOpcode.BinFloat: Push(_input.Double()); break;

            case PickleOpcode.ShortBinUnicode: Push(_input.Text(_input.Byte())); break;
            case PickleOpcode.BinUnicode: Push(_input.Text(_input.UInt32())); break;
            case PickleOpcode.BinUnicode8: Push(_input.Text(_input.UInt64())); break;
            case PickleOpcode.ShortBinBytes: Push(_input.Take(_input.Byte()).ToArray()); break;
            case PickleOpcode.BinBytes: Push(_input.Take(_input.UInt32()).ToArray()); break;
            case PickleOpcode.BinBytes8: Push(_input.Take(_input.UInt64()).ToArray()); break;

            case PickleOpcode.Mark: _marks.Add(_stack.Count); break;
            case PickleOpcode.EmptyTuple: Push(Array.Empty<object?>()); break;
            case PickleOpcode.Tuple1: Push(Pop(1)); break;
            case PickleOpcode.Tuple2: Push(Pop(2)); break;
            case PickleOpcode.Tuple3: Push(Pop(3)); break;
            case PickleOpcode.Tuple: Push(PopToMark()); break;
            case PickleOpcode.EmptyList: Push(new List<object?>()); break;
            case PickleOpcode.Append: Append(Pop(1)); break;
            case PickleOpcode.Appends: Append(PopToMark()); break;
            case PickleOpcode.EmptyDict: Push(new PickleDictionary()); break;
            case PickleOpcode.SetItem: SetItems(Pop(2)); break;
            case PickleOpcode.SetItems: SetItems(PopToMark()); break;

            case PickleOpcode.BinPut: _memo[_input.Byte()] = Top(); break;
            case PickleOpcode.LongBinPut: _memo[_input.UInt32()] = Top(); break;
            case PickleOpcode.Memoize: _memo[_memo.Count] = Top(); break;
            case PickleOpcode.BinGet: Push(Remembered(_input.Byte())); break;
            case PickleOpcode.LongBinGet: Push(Remembered(_input.UInt32())); break;

            case PickleOpcode.Global: Push(Find(_input.Line(), _input.Line())); break;
            case PickleOpcode.StackGlobal: StackGlobal(); break;
            case PickleOpcode.BinPersId: Push(Beside(Pop(1)[0])); break;
            case PickleOpcode.Reduce or PickleOpcode.NewObj: Push(Call(Pop(2))); break;
            case PickleOpcode.Build: Build(Pop(1)[0]); break;

            default:
                throw new InvalidDataException(Enum.IsDefined(opcode)
                    ? $"its pickle has the instruction {opcode.ToString().ToUpperInvariant()} at byte {at}, which {_names.Purpose} does not need"
                    : $"its pickle is damaged: there is no instruction 0x{(byte)opcode:X2}, as at byte {at}");
        }
    }

    private readonly void Push(object? value) => _stack.Add(value);

    private readonly object? Top() => _stack.Count > Bottom ? _stack[^1] : throw Missing();

    /// <summary>What lies below the last mark is not to be touched before the mark is gone.</summary>
    private readonly int Bottom => _marks.Count == 0 ? 0 : _marks[^1];

    private readonly object?[] Pop(int count)
    {
        if (_stack.Count - Bottom < count)
            throw Missing();
        var values = CollectionsMarshal.AsSpan(_stack)[^count..].ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private readonly object?[] PopToMark()
    {
        if (_marks.Count == 0)
            throw Missing();
        var values = Pop(_stack.Count - _marks[^1]);
        _marks.RemoveAt(_marks.Count - 1);
        return values;
    }

    private readonly void Append(object?[] values)
    {
        if (Top() is not List<object?> list)
            throw Damaged("something is put into what is no list");
        list.AddRange(values);
    }

    private readonly void SetItems(object?[] values)
    {
        if (Top() is not PickleDictionary dictionary || values.Length % 2 != 0)
            throw Damaged("something is put into what is no dict");
        for (var i = 0; i < values.Length; i += 2)
            dictionary.Items.Add((values[i], values[i + 1]));
    }

    private readonly object? Remembered(long index) =>
        _memo.TryGetValue(index, out var value) ? value : throw Damaged($"nothing was remembered as {index}");

    private readonly void StackGlobal()
    {
        if (Pop(2) is not [string module, string name])
            throw Damaged("a name is no text");
        Push(Find(module, name));
    }

    private readonly PickleGlobal Find(string module, string name) =>
        _names.Find(module, name) ?? throw new InvalidDataException(
            $"its pickle names {Printable($"{module}.{name}")}, which {_names.Purpose} does not need; nothing of it was run");

    private readonly object Beside(object? id) => _names.Beside(id) ?? throw Damaged("it refers to something beside it that is not known");

    private static object? Call(object?[] functionAndArguments) =>
        functionAndArguments is [PickleGlobal global, object?[] arguments]
            ? (global.Call ?? throw Damaged($"it calls {global.Name}"))(arguments)
            : throw Damaged("it calls what is no function");

    private readonly void Build(object? state)
    {
        switch (Top())
        {
            case PickleDictionary: break; // a state_dict's _metadata: the versions of its modules
            case PickleInstance instance: instance.State = state; break;
            default: throw Damaged("it gives a state to what has none");
        }
    }

    private static string Printable(string name) =>
        string.Concat((name.Length > 100 ? name[..100] + "…" : name).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));

    private static InvalidDataException Missing() => Damaged("it takes more from its stack than there is");

    private static InvalidDataException Damaged(string how) => new($"its pickle is damaged: {how}");
}
