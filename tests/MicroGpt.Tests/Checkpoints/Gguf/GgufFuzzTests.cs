using MicroGpt.Checkpoints;
using MicroGpt.Checkpoints.Gguf;

namespace MicroGpt.Tests.Checkpoints.Gguf;

/// <summary>Whatever becomes of a GGUF file, reading it ends in what can be there or in a sentence.</summary>
public sealed class GgufFuzzTests
{
    [Theory]
    [InlineData(7, 5_000)]
    public void Thousands_of_mutated_files(ulong seed, int times) => ReaderFuzzTests.Fuzz(seed, times, Files(), Read);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void A_million_mutated_files() => ReaderFuzzTests.Fuzz(8, 1_000_000, Files(), Read);

    /// <summary>The header, what it says about the model and its tokenizer, and whether the numbers are where it says.</summary>
    private static void Read(byte[] file)
    {
        var header = GgufHeader.Read(file, file.Length);
        var entries = header.Tensors.Select(tensor => new TensorEntry(tensor.Name, tensor.Type.Widened(), tensor.Shape, tensor.Bytes)).ToArray();
        foreach (var tensor in header.Tensors)
            Numbers(tensor);
        try
        {
            var (config, mapping, _) = GgufFormat.Read(header.Metadata, entries, new ImportOptions(), entry => Numbers(header.Tensors.First(tensor => tensor.Name == entry.Name)));
            if (config.Layers <= entries.Length) // as StoredModel has it
                mapping([.. StoredModel.ParameterShapes(config).Select(parameter => parameter.Name)]);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException("its sizes are impossible", exception); // as the format has it
        }

        float[] Numbers(GgufTensor tensor)
        {
            var (bytes, numbers) = (file.AsSpan((int)tensor.Offset, (int)tensor.Bytes).ToArray(), new float[tensor.Shape.Count]);
            if (header.BigEndian)
                GgufFile.Turn(tensor.Type, bytes);
            tensor.Type.ToFloats(bytes, numbers);
            return numbers;
        }
    }

    /// <summary>Two models of llama.cpp's, of which the first half is header.</summary>
    private static byte[][] Files() => [File.ReadAllBytes(TestFiles.Recorded("gguf/llama-q4_0.gguf")), File.ReadAllBytes(TestFiles.Recorded("gguf/llama-f16-big-endian.gguf"))];
}
