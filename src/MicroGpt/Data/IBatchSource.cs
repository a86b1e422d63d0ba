namespace MicroGpt.Data;

/// <summary>An endless stream of batches that can be continued exactly where it was left.</summary>
public interface IBatchSource
{
    /// <summary>How far it has come; setting it continues from there, given the same data and random generator state.</summary>
    /// <exception cref="ArgumentException">No such source can be in that state.</exception>
    BatchState State { get; set; }

    /// <summary>Fills the next batch. At least one of its tokens is to be learned.</summary>
    /// <exception cref="InvalidDataException">The data is damaged, or there is nothing in it to learn.</exception>
    void FillNext(Batch batch);
}
