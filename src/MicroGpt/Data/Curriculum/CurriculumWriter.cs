namespace MicroGpt.Data.Curriculum;

/// <summary>Writes the curriculum: a folder with a file a skill and a part, a README, and <c>curriculum.json</c> last of all.</summary>
public static class CurriculumWriter
{
    // Held-out examples a skill: 300 at 20 MB, which pins a score to 5 percent; more than 500 would tell little more.
    private const long BytesForATestExample = 66_666;
    private const long FewestExamples = 5;
    private const long MostExamples = 500;

    /// <summary>Writes it, over an earlier curriculum if there is one.</summary>
    /// <param name="folder">Where to; it is made if it is not there.</param>
    /// <param name="options">How much, and by which seed.</param>
    /// <param name="progress">Told the bytes written so far.</param>
    /// <param name="cancellation">Stops it; what is there then lacks its <c>curriculum.json</c>.</param>
    /// <returns>The files.</returns>
    /// <exception cref="ArgumentException">The options are out of range, or the folder holds something else.</exception>
    /// <exception cref="IOException">Something could not be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static IReadOnlyList<CurriculumFile> Write(
        string folder, CurriculumOptions options, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        CurriculumManifest.Begin(folder);
        DeleteFiles(folder);

        Skill[] skills = [.. CurriculumSkills.Of(options.Seed).Where(skill => options.Language is null || skill.Language == options.Language)];
        var weights = skills.Sum(skill => skill.Weight);
        var threads = options.Threads ?? Environment.ProcessorCount;
        // The small parts first, a skill a thread: what they leave is for training.
        var examples = (int)Math.Clamp(options.Size / BytesForATestExample, FewestExamples, MostExamples);
        var small = (from part in (CurriculumPart[])[CurriculumPart.Test, CurriculumPart.Validation]
                     from skill in skills
                     where skill.HasTest || part != CurriculumPart.Test
                     select (Skill: skill, Part: part)).ToArray();
        var files = new List<CurriculumFile>(new CurriculumFile[small.Length]);
        Parallel.For(0, small.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, i =>
            files[i] = WriteExamples(folder, small[i].Skill, small[i].Part, Stream(small[i].Skill, small[i].Part), examples));

        var written = files.Sum(file => file.Bytes);
        var left = options.Size - written;
        foreach (var skill in skills)
        {
            var size = (long)(left * skill.Weight / weights);
            var file = WriteChunks(folder, skill, Stream(skill, CurriculumPart.Train), size, threads, bytes => progress?.Report(written + bytes), cancellation);
            files.Add(file);
            written += file.Bytes;
        }

        CurriculumReadme.Write(folder, options, files);
        CurriculumManifest.Complete(folder, options, files);
        return files;

        ExampleStream Stream(Skill skill, CurriculumPart part) =>
            new(skill, [.. skills.Where(other => other.Language == skill.Language && other.GoesOn > 0)], part, options.Seed);
    }

    // A small file: so many examples, or as many as there are.
    private static CurriculumFile WriteExamples(string folder, Skill skill, CurriculumPart part, ExampleStream stream, int most)
    {
        var (lines, count) = stream.Chunk(0, long.MaxValue, most);
        using var file = Create(folder, skill, part);
        file.Write(lines.Span);
        return new CurriculumFile(skill, part, CurriculumFile.PathOf(skill, part), count, lines.Length);
    }

    // A large file: chunk after chunk, as many at a time as keep the threads busy.
    private static CurriculumFile WriteChunks(
        string folder, Skill skill, ExampleStream stream, long size, int threads, Action<long> report, CancellationToken cancellation)
    {
        using var file = Create(folder, skill, CurriculumPart.Train);
        var (bytes, examples) = (0L, 0L);
        var batch = new (ReadOnlyMemory<byte> Lines, int Examples)[2 * threads];
        var chunkCount = (int)((size + ExampleStream.ChunkSize - 1) / ExampleStream.ChunkSize);
        for (var first = 0; first < chunkCount; first += batch.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var chunks = Math.Min(batch.Length, chunkCount - first);
            Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
            {
                var rest = size - (long)(first + i) * ExampleStream.ChunkSize;
                batch[i] = stream.Chunk(first + i, Math.Min(ExampleStream.ChunkSize, rest), int.MaxValue);
            });
            foreach (var (lines, count) in batch.AsSpan(0, chunks))
            {
                file.Write(lines.Span);
                (bytes, examples) = (bytes + lines.Length, examples + count);
            }

            report(bytes);
        }

        return new CurriculumFile(skill, CurriculumPart.Train, CurriculumFile.PathOf(skill, CurriculumPart.Train), examples, bytes);
    }

    // An earlier curriculum may have had more skills.
    private static void DeleteFiles(string folder)
    {
        foreach (var path in from skill in CurriculumSkills.All
                             from part in Enum.GetValues<CurriculumPart>()
                             select Path.Combine(folder, CurriculumFile.PathOf(skill, part)))
        {
            if (File.Exists(path))
                File.Delete(path);
        }
    }

    private static FileStream Create(string folder, Skill skill, CurriculumPart part)
    {
        var path = Path.Combine(folder, CurriculumFile.PathOf(skill, part));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
    }
}
