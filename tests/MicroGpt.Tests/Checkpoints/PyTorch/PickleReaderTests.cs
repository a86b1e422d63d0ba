using System.Text;
using MicroGpt.Checkpoints.PyTorch;

namespace MicroGpt.Tests.Checkpoints.PyTorch;

/// <summary>What pickles mean, and that those that would do anything are refused by name.</summary>
public sealed class PickleReaderTests
{
    [Fact]
    public void Values_are_Pythons()
    {
        Assert.Null(Read(new PickleBuilder().Add("N")));
        Assert.Equal(true, Read(new PickleBuilder().Add(0x88)));
        Assert.Equal(false, Read(new PickleBuilder().Add(0x89)));
        Assert.Equal(-2L, Read(new PickleBuilder().Add("J\u00fe\u00ff\u00ff\u00ff")));
        Assert.Equal(255L, Read(new PickleBuilder().Add("K\u00ff")));
        Assert.Equal(0x201L, Read(new PickleBuilder().Add("M\u0001\u0002")));
        Assert.Equal(0L, Read(new PickleBuilder().Add(0x8A, 0)));
        Assert.Equal(-1L, Read(new PickleBuilder().Add(0x8A, 1, 0xFF)));
        Assert.Equal(255L, Read(new PickleBuilder().Add(0x8A, 2, 0xFF, 0)));
        Assert.Equal(long.MinValue, Read(new PickleBuilder().Integer(long.MinValue)));
        Assert.Equal(-256L, Read(new PickleBuilder().Add(0x8B, 2, 0, 0, 0, 0, 0xFF)));
        Assert.Equal(1.5, Read(new PickleBuilder().Add("G\u003f\u00f8\0\0\0\0\0\0")));
        Assert.Equal("ü梓", Read(new PickleBuilder().Text("ü梓")));
        Assert.Equal("a", Read(new PickleBuilder().Add(0x8C, 1).Add("a")));
        Assert.Equal("a", Read(new PickleBuilder().Add(0x8D, 1, 0, 0, 0, 0, 0, 0, 0).Add("a")));
        Assert.Equal("a"u8.ToArray(), Read(new PickleBuilder().Add("C\u0001a")));
        Assert.Equal("a"u8.ToArray(), Read(new PickleBuilder().Add("B\u0001\0\0\0a")));
        Assert.Equal(new object?[] { 1L, null }, Read(new PickleBuilder().Add("K\u0001N").Add(0x86)));
        Assert.Equal(new List<object?> { 1L, 2L, 3L }, Read(new PickleBuilder().Add("](K\u0001K\u0002eK\u0003a")));
        Assert.Equal([("a", 1L), ("b", 2L)], Assert.IsType<PickleDictionary>(Read(new PickleBuilder().Add("}(").Text("a").Add("K\u0001").Text("b").Add("K\u0002u"))).Items);
        Assert.Equal(new object?[] { "x", "x" }, Read(new PickleBuilder().Text("x").Add("q\u0007h\u0007").Add(0x86)));
        Assert.Equal(new object?[] { "x", "x" }, Read(new PickleBuilder().Text("x").Add(0x94).Add("j\0\0\0\0").Add(0x86)));
    }

    [Fact]
    public void An_object_may_be_within_itself()
    {
        var list = Assert.IsType<List<object?>>(Read(new PickleBuilder().Add("]q\0h\0a")));
        Assert.Same(list, Assert.Single(list));
    }

    /// <summary>What each of them would do is run a program, import a module, or hand over an attribute to call.</summary>
    [Theory]
    [InlineData("cos\nsystem\nX\u0004\0\0\0true\u0085R", "names os.system, which a state_dict does not need; nothing of it was run")]
    [InlineData("cposix\nsystem\nX\u0004\0\0\0true\u0085R", "names posix.system")]
    [InlineData("cbuiltins\neval\nX\u0001\0\0\01\u0085R", "names builtins.eval")]
    [InlineData("c__builtin__\nexec\nX\u0001\0\0\01\u0085R", "names __builtin__.exec")]
    [InlineData("csubprocess\nPopen\nX\u0004\0\0\0true\u0085\u0081", "names subprocess.Popen")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093", "names os.system")]
    [InlineData("\u008c\u000ccollections.O\u008c\u0001x\u0093", "pickle is damaged")]
    [InlineData("ctorch\nload\n)R", "names torch.load")]
    [InlineData("ctorch._utils\n_rebuild_tensor\n)R", "names torch._utils._rebuild_tensor,")]
    [InlineData("ctorch.storage\n_load_from_bytes\n)R", "names torch.storage._load_from_bytes")]
    [InlineData("ctorch\nComplexFloatStorage\n", "names torch.ComplexFloatStorage")]
    [InlineData("ccollections\nOrderedDict.__class__\n", "names collections.OrderedDict.__class__")]
    [InlineData("cargparse\nNamespace\n", "names argparse.Namespace")]
    [InlineData("c\nos\n", "names .os")]
    [InlineData("i__builtin__\neval\n", "the instruction INST at byte 2")]
    [InlineData("(cos\nsystem\nX\u0001\0\0\0xo", "names os.system")]
    [InlineData("(o", "the instruction OBJ")]
    [InlineData("\u0082\u0001", "the instruction EXT1")]
    [InlineData("\u0092", "the instruction NEWOBJEX")]
    [InlineData("P0\n", "the instruction PERSID")]
    [InlineData("I1\n", "the instruction INT")]
    [InlineData("L1L\n", "the instruction LONG")]
    [InlineData("S'a'\n", "the instruction STRING")]
    [InlineData("F1.5\n", "the instruction FLOAT")]
    [InlineData("\u008f", "the instruction EMPTYSET")]
    [InlineData("\u0097", "the instruction NEXTBUFFER")]
    [InlineData("\u00f0", "there is no instruction 0xF0, as at byte 2")]
    [InlineData("\u0080\u0002N", "the instruction PROTO")]
    public void What_a_state_dict_does_not_need_is_refused_by_name(string program, string message) =>
        Assert.Contains(message, Refused(new PickleBuilder().Add(program)), StringComparison.Ordinal);

    [Theory]
    [InlineData("h\u00ff", "nothing was remembered as 255")]
    [InlineData("j\u00ff\u00ff\u00ff\u00ff", "nothing was remembered as 4294967295")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u00ff", "an integer of 4,294,967,295 bytes")]
    [InlineData("\u008a\u0009123456789", "an integer of 9 bytes")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ffabc", "a length of 4,294,967,295 where 4 bytes are left")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff", "a length of 18,446,744,073,709,551,615")]
    [InlineData("\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffN", "a frame is longer than it")]
    [InlineData("X\u0001\0\0\0\u00ff", "not UTF-8")]
    [InlineData("a", "more from its stack than there is")]
    [InlineData("q\0", "more from its stack")]
    [InlineData("N(q\0", "more from its stack")] // what is below a mark is not there
    [InlineData("N(\u0085", "more from its stack")]
    [InlineData("t", "more from its stack")]
    [InlineData("Na", "more from its stack")]
    [InlineData("NNa", "no list")]
    [InlineData("}NNNs", "no dict")]
    [InlineData("}(NNNu", "no dict")]
    [InlineData("NN", "ends in the middle")]
    [InlineData("N(", "ends in the middle")]
    [InlineData("", "ends in the middle")]
    [InlineData("N)R", "no function")]
    [InlineData("ctorch\nFloatStorage\n)R", "calls torch.FloatStorage")]
    [InlineData("ccollections\nOrderedDict\nNR", "no function")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n)R", "a tensor of something else")]
    [InlineData("NNb", "what has none")]
    [InlineData("NQ", "not known")]
    [InlineData("cos", "cut short")]
    public void A_damaged_one_is_refused(string program, string message) =>
        Assert.Contains(message, Refused(new PickleBuilder().Add(program)), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("N.")]
    [InlineData("\u0080\u0001N.")]
    [InlineData("\u0080\u0006N.")]
    [InlineData("(dp0\n.")]
    public void Other_protocols_are_refused(string pickle)
    {
        var exception = Assert.Throws<InvalidDataException>(() => PickleReader.Read(Encoding.Latin1.GetBytes(pickle), new TorchNames()));
        Assert.Contains(pickle.Length == 0 ? "cut short" : "not of the protocols 2 to 5", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bombs_take_no_more_than_their_own_size_justifies()
    {
        // Lists in lists, tuples in tuples, and each tuple twice in the next: 2^50,000 elements, if anyone walked through them all.
        const int Depth = 50_000;
        Assert.IsType<List<object?>>(Read(new PickleBuilder().Add(new string(']', Depth)).Add(new string('a', Depth - 1))));
        Assert.IsType<object?[]>(Read(new PickleBuilder().Add("N").Add(new string('\u0085', Depth))));
        Assert.IsType<object?[]>(Read(new PickleBuilder().Add("N").Add(Times("q\0h\0\u0086", Depth))));

        Assert.Contains("that belong to nothing", Refused(new PickleBuilder().Add(new string(']', 1_000_001))), StringComparison.Ordinal);
        Assert.Contains("that belong to nothing", Refused(new PickleBuilder().Add(new string('(', 1_000_001))), StringComparison.Ordinal);
        Assert.Contains("more than 4,000,000 instructions", Refused(new PickleBuilder().Add("]").Add(Times("Na", 2_000_000))), StringComparison.Ordinal);

        static string Times(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
    }

    [Fact]
    public void Names_for_people_have_no_control_characters() =>
        Assert.Contains("names a?[31m.b" + new string('x', 92) + "…,", Refused(new PickleBuilder().Global("a\u001b[31m", "b" + new string('x', 200))), StringComparison.Ordinal);

    private static object? Read(PickleBuilder pickle) => PickleReader.Read(pickle.Stop(), new TorchNames());

    private static string Refused(PickleBuilder pickle)
    {
        var message = Assert.Throws<InvalidDataException>(() => Read(pickle)).Message;
        Assert.StartsWith("its pickle ", message, StringComparison.Ordinal);
        return message;
    }
}
