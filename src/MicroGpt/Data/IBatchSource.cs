namespace MicroGpt.Data;

/// <summary>An endless stream of batches that can be continued exactly where it was left.</summary>
public interface IBatchSource
{
    /// <summary>How many batches have been given out; setting it continues from there, given the same random generator state.</summary>
    long Position { get; set; }

    /// <summary>Fills the next batch.</summary>
    void FillNext(Batch batch);
}
