namespace MicroGpt.Data.Curriculum;

/// <summary>Writes the curriculum: a folder with a file a skill and a part, a README, and <c>curriculum.json</c> last of all.</summary>
public static class CurriculumWriter
{
    private const double TestShare = 0.06;
    private const int MostTestExamples = 500; // a skill
    private const double ValidationShare = 0.03;
    private const int MostValidationExamples = 2000; // a skill

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

        var skills = CurriculumSkills.Of(options.Seed);
        var weights = skills.Sum(skill => skill.Weight);
        var files = new List<CurriculumFile>();
        var written = 0L;
        // The smaller parts first: what they leave is for training.
        foreach (var (part, share, most) in ((CurriculumPart, double, int)[])
            [(CurriculumPart.Test, TestShare, MostTestExamples), (CurriculumPart.Validation, ValidationShare, MostValidationExamples), (CurriculumPart.Train, 1, int.MaxValue)])
        {
            var bytes = part == CurriculumPart.Train ? options.Size - written : options.Size * share;
            foreach (var skill in skills.Where(skill => skill.HasTest || part != CurriculumPart.Test))
            {
                var file = WriteFile(folder, skill, part, (long)(bytes * skill.Weight / weights), most, options, Report, cancellation);
                files.Add(file);
                written += file.Bytes;
            }
        }

        CurriculumReadme.Write(folder, options, files);
        CurriculumManifest.Complete(folder, options, files);
        return files;

        void Report(long bytes) => progress?.Report(written + bytes);
    }

    private static CurriculumFile WriteFile(
        string folder, Skill skill, CurriculumPart part, long size, int most, CurriculumOptions options, Action<long> report, CancellationToken cancellation)
    {
        var name = CurriculumFile.PathOf(skill, part);
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        var stream = new ExampleStream(skill, part, options.Seed);
        var (bytes, examples) = (0L, 0L);

        // Where examples are counted, the file is one chunk; else as many at a time as keep the threads busy.
        var chunkSize = most < int.MaxValue ? size : ExampleStream.ChunkSize;
        var threads = options.Threads ?? Environment.ProcessorCount;
        var batch = new (ReadOnlyMemory<byte> Lines, int Examples)[2 * threads];
        for (var first = 0; first * chunkSize < size; first += batch.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var chunks = (int)Math.Min(batch.Length, (size - first * chunkSize + chunkSize - 1) / chunkSize);
            Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
                batch[i] = stream.Chunk(first + i, Math.Min(chunkSize, size - (first + i) * chunkSize), most));
            foreach (var (lines, count) in batch.AsSpan(0, chunks))
            {
                file.Write(lines.Span);
                (bytes, examples) = (bytes + lines.Length, examples + count);
            }

            report(bytes);
        }

        return new CurriculumFile(skill, part, name, examples, bytes);
    }
}
