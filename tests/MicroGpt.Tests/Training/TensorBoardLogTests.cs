using System.Buffers.Binary;
using System.Text;
using MicroGpt.Checkpoints;
using MicroGpt.Data;
using MicroGpt.Models;
using MicroGpt.Numerics;
using MicroGpt.Training;
using MicroGpt.Training.TensorBoard;

namespace MicroGpt.Tests.Training;

/// <summary>Event files: framed with the right checksums, every step once however often the run was stopped.</summary>
public sealed class TensorBoardLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_checksum_is_the_masked_CRC32C()
    {
        // CRC32C of "123456789" is e3069283 (RFC 3720, and every table of checksums); masked as TFRecords have it.
        const uint Crc = 0xe3069283;
        Assert.Equal(((Crc >> 15) | (Crc << 17)) + 0xa282ead8, EventRecord.MaskedCrc("123456789"u8));
    }

    [Fact]
    public void A_record_holds_a_step_a_time_and_values()
    {
        var record = new EventRecord().Begin(DateTime.UnixEpoch.AddSeconds(1.5), 300).Scalar("a"u8, 0.25).End().ToArray();

        byte[] scalar = [0x0a, 1, (byte)'a', 0x15, 0, 0, 0x80, 0x3e]; // tag (1) "a", simple_value (2) 0.25f
        byte[] message = [0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0x10, 0xac, 0x02, 0x2a, 10, 0x0a, 8, .. scalar];
        Assert.Equal(message, record[12..^4]);
        Assert.Equal(message.Length, BinaryPrimitives.ReadInt64LittleEndian(record));
        Assert.Equal(EventRecord.MaskedCrc(message), BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan()[^4..]));
    }

    [Fact]
    public void A_resumed_run_has_every_step_once()
    {
        File.WriteAllText(_folder.File("text.txt"), string.Concat(Enumerable.Repeat("the quick brown fox jumps over the lazy dog\n", 20)));
        var options = new TrainerOptions { Steps = 8, BatchSize = 2, WarmupSteps = 2, EvaluationInterval = 4, SaveInterval = 3 };
        var config = GptPresets.Llama(1) with { Layers = 1, Heads = 2, Width = 8, ContextLength = 8 };
        var run = _folder.File("run");

        Train(Trainer.Start(Corpus.Load(_folder.File("text.txt"), CorpusKind.Text), config, options, Device.Default), stopBehind: 5);
        var first = Directory.GetFiles(run, "events.out.tfevents.*").Single();
        var end = new FileInfo(first).Length;
        using (var more = File.Open(first, FileMode.Append)) // killed while it wrote the second step behind the checkpoint
        {
            more.Write(new EventRecord().Begin(DateTime.UtcNow, 6).Scalar("loss/train"u8, 1).End());
            more.Write(new EventRecord().Begin(DateTime.UtcNow, 7).Scalar("loss/train"u8, 1).End()[..20]);
        }

        Train(Trainer.Resume(run, Device.Default));

        Assert.Equal(end, new FileInfo(first).Length);
        var files = Directory.GetFiles(run, "events.out.tfevents.*").Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(2, files.Length);
        var steps = files.SelectMany(StepsWithLoss).ToArray();
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], steps);

        void Train(Trainer trainer, int stopBehind = int.MaxValue)
        {
            using var log = TensorBoardLog.Open(run, trainer);
            using var observer = new Observer(stopBehind);
            observer.Watch(trainer, run, log);
        }
    }

    [Fact]
    public void A_damaged_file_ends_where_the_damage_is()
    {
        var record = new EventRecord();
        byte[] file = [.. record.Begin(DateTime.UtcNow, 1).FileVersion().End()];
        var first = file.Length;
        file = [.. file, .. record.Begin(DateTime.UtcNow, 2).Text("t"u8, "text").End()];
        Assert.Equal(file.Length, EventRecord.EndOf(file, 2));
        Assert.Equal(first, EventRecord.EndOf(file, 1));
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var damaged = (byte[])file.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 + random.Next(255));
            var end = EventRecord.EndOf(damaged.AsSpan(0, random.Next(2) == 0 ? damaged.Length : random.Next(damaged.Length)), 2);
            Assert.Contains(end, (int[])[0, first]);
        }
    }

    private static IEnumerable<int> StepsWithLoss(string path)
    {
        var file = File.ReadAllBytes(path);
        var steps = new List<int>();
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            var message = file.AsSpan(at + 12, length);
            Assert.Equal(EventRecord.MaskedCrc(message), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            if (Encoding.Latin1.GetString(message).Contains("loss/train", StringComparison.Ordinal))
                steps.Add(message[10]); // of one byte, below 128
            at += 16 + length;
        }

        return steps;
    }
}
