#:property PublishAot=false
#:property Optimize=true
#:property TieredCompilation=false
#:property InvariantGlobalization=true
// microgpt.cs: a whole GPT on a few screens. It reads names, learns how names are made, and makes up new ones.
//     dotnet run microgpt.cs [-- PATH [full]]   PATH: your own text, one document a line; full: all digits of each loss
// A port of Andrej Karpathy's microgpt.py (gist.github.com/karpathy/8627fe009c40f57531cb18360106ce95). On the same text
// it prints the same digits: its random numbers are Python's, and it adds up every sum in the same order.
// Deliberately not here: batches, options, saving, real speed (src/MicroGpt has them). Every number goes by itself.
using System.Runtime.CompilerServices;
using System.Text;

// ---- Dataset: documents, one a line, in random order
string here = AppContext.GetData("EntryPointFileDirectoryPath") as string ?? ".";   // the folder of this file
string path = args.Length > 0 ? args[0] : Path.Combine(here, "src", "MicroGpt", "Data", "Embedded", "names.txt");
string[] docs = File.Exists(path) ? [.. File.ReadLines(path).Select(d => d.Trim()).Where(d => d != "")] : [];
if (docs.Length == 0) { Console.Error.WriteLine($"microgpt: '{path}' does not exist or has no text."); return 1; }
var random = new MersenneTwister(seed: 42);
random.Shuffle(docs);
Console.Out.NewLine = "\n";   // the same bytes on every system
Console.WriteLine($"num docs: {docs.Length}");

// ---- Tokenizer: a token is a character's place in the alphabet; one more token, BOS, begins and ends each document
Rune[] alphabet = [.. docs.SelectMany(doc => doc.EnumerateRunes()).Distinct().Order()];
int bos = alphabet.Length, vocabularySize = alphabet.Length + 1;
Console.WriteLine($"vocab size: {vocabularySize}");

// ---- Autograd: every number of the model is a Value: used like a double, it remembers how it was computed (see below)
// ---- Parameters: all that the model knows. At first it is noise
const int layers = 1, width = 16, context = 16;   // Transformer blocks; numbers for a token; positions at most
const int heads = 4, headSize = width / heads;    // attention heads; numbers that each works on
var weights = new Dictionary<string, Value[][]>();
Matrix("wte", vocabularySize, width);             // a row for each token: what it is
Matrix("wpe", context, width);                    // a row for each position: where it is
Matrix("lm_head", vocabularySize, width);         // a row for each token: is it the next?
for (int layer = 0; layer < layers; layer++)
{
    foreach (string name in "attn_wq attn_wk attn_wv attn_wo".Split()) Matrix($"layer{layer}.{name}", width, width);
    Matrix($"layer{layer}.mlp_fc1", 4 * width, width);
    Matrix($"layer{layer}.mlp_fc2", width, 4 * width);
}
Value[] parameters = [.. weights.Values.SelectMany(matrix => matrix).SelectMany(row => row)];
Console.WriteLine($"num params: {parameters.Length}");
void Matrix(string name, int rows, int columns) => weights[name] = [.. Enumerable.Range(0, rows).Select(_ =>
    Enumerable.Range(0, columns).Select(_ => new Value(random.Gauss(mean: 0, deviation: 0.08))).ToArray())];

// ---- Model: GPT-2, but with RMSNorm for LayerNorm, ReLU for GELU, and no biases
static Value Dot(Value[] a, Value[] b)
{
    Value sum = a[0] * b[0];
    for (int i = 1; i < a.Length; i++) sum += a[i] * b[i];
    return sum;
}
static Value[] Add(Value[] a, Value[] b) => [.. a.Zip(b, (ai, bi) => ai + bi)];
static Value[] Linear(Value[] x, Value[][] w) => Array.ConvertAll(w, row => Dot(row, x));
static Value[] RmsNorm(Value[] x)   // to a mean square of 1: depth can neither inflate nor starve the numbers
{
    Value scale = (Dot(x, x) / x.Length + 1e-5).Pow(-0.5);
    return Array.ConvertAll(x, xi => xi * scale);
}
static Value[] Softmax(Value[] scores)   // to probabilities; e^x would overflow if the maximum were not subtracted
{
    double max = scores.Max(score => score.Data);
    Value[] exps = Array.ConvertAll(scores, score => (score - max).Exp());
    Value total = exps.Aggregate((sum, e) => sum + e);
    return Array.ConvertAll(exps, e => e / total);
}
// From a token to a score for each possible next token. The cache keeps, for each layer, what earlier positions offer.
Value[] Gpt(int token, int position, List<(Value[] Key, Value[] Value)>[] cache)
{
    Value[] x = RmsNorm(Add(weights["wte"][token], weights["wpe"][position]));
    for (int layer = 0; layer < layers; layer++)
    {
        // Attention: match this position's query with the key of every position so far; the better the match, the
        // more of that position's value comes in. Each head does this on its own columns.
        Value[] normed = RmsNorm(x), q = Linear(normed, weights[$"layer{layer}.attn_wq"]), mixed = new Value[width];
        var past = cache[layer] ??= [];
        past.Add((Linear(normed, weights[$"layer{layer}.attn_wk"]), Linear(normed, weights[$"layer{layer}.attn_wv"])));
        for (int start = 0; start < width; start += headSize)
        {
            Range columns = start..(start + headSize);
            Value[] attention = Softmax([.. past.Select(p => Dot(q[columns], p.Key[columns]) / Math.Sqrt(headSize))]);
            for (int j = start; j < start + headSize; j++) mixed[j] = Dot(attention, [.. past.Select(p => p.Value[j])]);
        }
        x = Add(Linear(mixed, weights[$"layer{layer}.attn_wo"]), x);
        // MLP: each position by itself. Widen, drop what is negative, narrow.
        Value[] hidden = Linear(RmsNorm(x), weights[$"layer{layer}.mlp_fc1"]);
        x = Add(Linear(Array.ConvertAll(hidden, h => h.Relu()), weights[$"layer{layer}.mlp_fc2"]), x);
    }
    return Linear(x, weights["lm_head"]);
}

// ---- Training with Adam: a parameter moves by the running mean of its gradient over the root of its mean square
const int steps = 1000;
const double learningRate = 0.01, beta1 = 0.85, beta2 = 0.99, epsilon = 1e-8;
var (mean, meanSquare) = (new double[parameters.Length], new double[parameters.Length]);
string digits = args.Length > 1 && args[1] == "full" ? "R" : "F4";
string lineEnd = digits == "R" || Console.IsOutputRedirected ? "\n" : "\r";   // "\r": the next step overwrites this one
for (int step = 0; step < steps; step++)
{
    // Forward: at each position, how surprised is the model by the token that comes next?
    int[] tokens = [bos, .. docs[step % docs.Length].EnumerateRunes().Select(c => Array.IndexOf(alphabet, c)), bos];
    var losses = new Value[Math.Min(context, tokens.Length - 1)];
    var cache = new List<(Value[] Key, Value[] Value)>[layers];
    for (int position = 0; position < losses.Length; position++)
        losses[position] = -Softmax(Gpt(tokens[position], position, cache))[tokens[position + 1]].Log();
    Value loss = losses.Aggregate((sum, next) => sum + next) * (1.0 / losses.Length);

    // Backward: how does the loss change with each parameter? Move each a little the other way.
    loss.Backward();
    double rate = learningRate * (1 - (double)step / steps);   // and correct both means for having started at 0
    double correction1 = 1 - Math.Pow(beta1, step + 1), correction2 = 1 - Math.Pow(beta2, step + 1);
    for (int i = 0; i < parameters.Length; i++)
    {
        Value p = parameters[i];
        mean[i] = beta1 * mean[i] + (1 - beta1) * p.Grad;
        meanSquare[i] = beta2 * meanSquare[i] + (1 - beta2) * Math.Pow(p.Grad, 2);
        p.Data -= rate * (mean[i] / correction1) / (Math.Pow(meanSquare[i] / correction2, 0.5) + epsilon);
        p.Grad = 0;
    }
    Console.Write($"step {step + 1,4} / {steps,4} | loss {loss.Data.ToString(digits)}{lineEnd}");
    Value.Count = parameters.Length;   // forget all but the parameters
}

// ---- Inference: from BOS on, draw each next token from the model's probabilities, until it draws BOS
const double temperature = 0.5;   // low: safe and alike; high: bold and various
Console.WriteLine("\n--- inference (new, hallucinated names) ---");
for (int sample = 1; sample <= 20; sample++)
{
    string text = "";
    var cache = new List<(Value[] Key, Value[] Value)>[layers];
    for (int position = 0, token = bos; position < context; position++)
    {
        Value[] scores = Array.ConvertAll(Gpt(token, position, cache), score => score / temperature);
        token = random.Choice(Array.ConvertAll(Softmax(scores), p => p.Data));
        if (token == bos) break;
        text += alphabet[token];
    }
    Console.WriteLine($"sample {sample,2}: {text}");
    Value.Count = parameters.Length;
}
return 0;

// ---- Value: a number that was given, or computed from one or two others, its children A and B. All numbers lie on a
// tape in the order in which they are made; a Value is a place on it, its id, and id 0 stands for "no child".
internal readonly struct Value
{
    // Grad: how the loss changes with this number. SlopeA and SlopeB: how this number changes with its children.
    private struct Node { public double Data, Grad, SlopeA, SlopeB; }
    private static Node[] tape = new Node[1];   // place 0; it grows as needed
    private static (Value A, Value B, bool Done)[] children = [(default, default, true)];
    private static readonly List<Value> order = [];
    public static int Count { get; set; }
    private readonly int id;
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Value(double data, Value a = default, double slopeA = 0, Value b = default, double slopeB = 0)
    {
        id = ++Count;
        if (id == tape.Length) Grow();
        tape[id] = new Node { Data = data, SlopeA = slopeA, SlopeB = slopeB };
        children[id] = (a, b, Done: a.id == 0);
    }
    private static void Grow() => (tape, children) = ([.. tape, .. tape], [.. children, .. children]);   // to twice
    public static implicit operator Value(double number) => new(number);
    public ref double Data => ref tape[id].Data;
    public ref double Grad => ref tape[id].Grad;
    public static Value operator +(Value a, Value b) => new(a.Data + b.Data, a, 1, b, 1);
    public static Value operator *(Value a, Value b) => new(a.Data * b.Data, a, b.Data, b, a.Data);
    public static Value operator -(Value a) => a * -1;
    public static Value operator -(Value a, Value b) => a + -b;
    public static Value operator /(Value a, Value b) => a * b.Pow(-1);
    public Value Pow(double c) => new(Math.Pow(Data, c), this, c * Math.Pow(Data, c - 1));
    public Value Exp() => new(Math.Exp(Data), this, Math.Exp(Data));
    public Value Log() => new(Math.Log(Data), this, 1 / Data);
    public Value Relu() => new(Math.Max(0, Data), this, Data > 0 ? 1 : 0);
    // The chain rule: a number's gradient is the sum, over all numbers computed from it, of slope times gradient. So
    // from the loss down, each number hands on to its children, but only after all have handed on to it.
    public void Backward()
    {
        order.Clear();
        Visit(this);
        Grad = 1;
        for (int i = order.Count - 1; i >= 0; i--)
        {
            ref Node node = ref tape[order[i].id];
            var (a, b, _) = children[order[i].id];
            a.Grad += node.SlopeA * node.Grad;
            b.Grad += node.SlopeB * node.Grad;
        }
    }
    private static void Visit(Value value)   // depth first: a number enters the order behind its children
    {
        var (a, b, _) = children[value.id];
        children[value.id].Done = true;
        if (!children[a.id].Done) Visit(a);
        if (!children[b.id].Done) Visit(b);
        order.Add(value);
    }
}

// ---- MersenneTwister: the random numbers of Python's `random` (MT19937 by Matsumoto and Nishimura, 1998)
internal sealed class MersenneTwister
{
    private readonly uint[] state = new uint[624];
    private int next;
    private double? spare;   // Gaussians come in pairs: the second one waits here
    public MersenneTwister(uint seed)
    {
        for (uint i = 0; i < 624; i++) state[i] = i == 0 ? 19650218 : Mix(i) * 1812433253 + i;
        for (uint round = 0; round < 1247; round++)
        {
            uint i = round % 623 + 1;
            if (i == 1 && round > 0) state[0] = state[623];
            state[i] = round < 624 ? (state[i] ^ (Mix(i) * 1664525)) + seed : (state[i] ^ (Mix(i) * 1566083941)) - i;
        }
        state[0] = 0x80000000;
        uint Mix(uint i) => state[i - 1] ^ (state[i - 1] >> 30);
    }
    private uint NextUInt32()
    {
        uint y = (state[next] & 0x80000000) | (state[(next + 1) % 624] & 0x7fffffff);
        uint x = state[next] = state[(next + 397) % 624] ^ (y >> 1) ^ ((y & 1) * 0x9908b0df);
        next = (next + 1) % 624;
        x ^= x >> 11;
        x ^= (x << 7) & 0x9d2c5680;
        x ^= (x << 15) & 0xefc60000;
        return x ^ (x >> 18);
    }
    private double NextDouble() => ((NextUInt32() >> 5) * 67108864.0 + (NextUInt32() >> 6)) / 9007199254740992.0;
    public void Shuffle(string[] items)
    {
        for (int i = items.Length - 1, j; i > 0; i--)
        {
            do j = (int)(NextUInt32() >> int.LeadingZeroCount(i + 1)); while (j > i);   // any number from 0 to i
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
    public double Gauss(double mean, double deviation)
    {
        if (spare is double z) { spare = null; return mean + z * deviation; }
        double angle = NextDouble() * (2 * Math.PI), radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        spare = Math.Sin(angle) * radius;
        return mean + Math.Cos(angle) * radius * deviation;
    }
    public int Choice(double[] weights)   // an index, as often as its weight says
    {
        double draw = NextDouble() * weights.Aggregate((sum, weight) => sum + weight), below = 0;
        return Math.Min(weights.Count(weight => (below += weight) <= draw), weights.Length - 1);
    }
}
