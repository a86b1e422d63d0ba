using System.Text;
using System.Text.Json.Nodes;
using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Tests.Checkpoints;

/// <summary>
/// Whatever becomes of the bytes that say what is in a file, reading them ends in what can be there or in a sentence, and takes no
/// more memory than they justify.
/// </summary>
public sealed class ReaderFuzzTests
{
    private const long MostBytes = 1 << 20; // the originals have a few hundred bytes

    [Theory]
    [InlineData(1, 10_000)]
    public void Thousands_of_mutated_headers(ulong seed, int times) => Fuzz(seed, times, Header(), ReadHeader);

    [Theory]
    [InlineData(2, 10_000)]
    public void Thousands_of_mutated_configurations(ulong seed, int times) => Fuzz(seed, times, Configurations(), ReadConfiguration);

    [Theory]
    [InlineData(3, 10_000)]
    public void Thousands_of_mutated_indexes(ulong seed, int times) => Fuzz(seed, times, Indexes(), ReadIndex);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void A_million_mutated_headers() => Fuzz(4, 1_000_000, Header(), ReadHeader);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void A_million_mutated_configurations() => Fuzz(5, 1_000_000, Configurations(), ReadConfiguration);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void A_million_mutated_indexes() => Fuzz(6, 1_000_000, Indexes(), ReadIndex);

    /// <summary>Reads a file as it is and then mutated, each time in another way.</summary>
    internal static void Fuzz(ulong seed, int times, byte[][] originals, Action<byte[]> read, Func<byte[], MersenneTwister, byte[]>? mutate = null, long mostBytes = MostBytes)
    {
        mutate ??= Mutation.Of;
        foreach (var original in originals)
            read(original); // as it is, it is good
        var random = new MersenneTwister(seed);
        var refused = 0;
        for (var i = 0; i < times; i++)
        {
            var mutated = mutate(originals[random.NextInt32(originals.Length)], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(mutated);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"Mutation {i} with seed {seed}: {exception}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < mostBytes, $"Mutation {i} with seed {seed} takes too much memory.");
        }

        Assert.InRange(refused, times / 10, times - 1);
    }

    private static void ReadHeader(byte[] file)
    {
        var length = SafeTensorsHeader.LengthOf(file.AsSpan(0, Math.Min(file.Length, SafeTensorsHeader.PrefixBytes)), file.Length);
        var header = SafeTensorsHeader.Read(file.AsMemory(SafeTensorsHeader.PrefixBytes, length), file.Length);
        foreach (var entry in header.Entries)
        {
            Assert.InRange(header.Offsets[entry.Name], SafeTensorsHeader.PrefixBytes, file.Length - entry.Bytes);
            Assert.Equal(entry.Bytes, (long)entry.Shape.Count * entry.Type.SizeInBytes());
        }
    }

    private static void ReadConfiguration(byte[] content) => ConfigFile.Read(content, "config.json").Config.Validate();

    private static void ReadIndex(byte[] content)
    {
        foreach (var file in ShardedSafeTensors.ReadIndex(content).Keys)
            Assert.Equal("/folder/" + file, Path.GetFullPath(Path.Combine("/folder", file)));
    }

    private static byte[][] Header()
    {
        var header = Encoding.UTF8.GetBytes("""
            {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[2,1,3],"data_offsets":[24,36]},"c":{"dtype":"I64","shape":[],"data_offsets":[36,44]}}
            """);
        return [[.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[44]]];
    }

    private static byte[][] Configurations() =>
    [
        .. ((string[])["gpt2", "llama", "microgpt"]).Select(preset => ConfigFile.Write(TinyModels.Config(preset), null, TensorType.F32)),
        .. ((string[])["lstm", "mlp", "bigram"]).Select(preset => ConfigFile.Write(ModelPresets.Create(preset, 7), null, TensorType.F32)),
        Encoding.UTF8.GetBytes("""{"model_type":"llama","vocab_size":9,"hidden_size":8,"intermediate_size":8,"num_hidden_layers":1,"num_attention_heads":2,"head_dim":6,"rope_parameters":{"rope_theta":1e4,"rope_type":"default"}}"""),
    ];

    private static byte[][] Indexes() =>
    [
        Encoding.UTF8.GetBytes(new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = 44 },
            ["weight_map"] = new JsonObject { ["a"] = "model-00001-of-00002.safetensors", ["b"] = "model-00002-of-00002.safetensors", ["c"] = "x.safetensors" },
        }.ToJsonString()),
    ];
}
