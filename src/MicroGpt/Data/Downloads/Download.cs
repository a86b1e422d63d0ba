namespace MicroGpt.Data;

/// <summary>A file to be loaded.</summary>
/// <param name="Source">Its address, http or https.</param>
/// <param name="Path">Where it goes.</param>
public sealed record Download(Uri Source, string Path)
{
    /// <summary>The SHA-256 that it must have, in hexadecimal; null where it is not known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Its size in bytes; null where it is not known.</summary>
    public long? Bytes { get; init; }
}

/// <summary>A file that is complete.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256 in hexadecimal.</param>
/// <param name="WasThere">Whether it had been there already, so that nothing was loaded.</param>
public sealed record DownloadResult(string Path, long Bytes, string Sha256, bool WasThere);

/// <summary>How far a download is.</summary>
/// <param name="Bytes">How much of the file is on the disk.</param>
/// <param name="Total">The size of the whole, where the server tells it.</param>
/// <param name="Trouble">What went wrong and is being tried again; null while all is well.</param>
public readonly record struct DownloadProgress(long Bytes, long? Total, string? Trouble = null);
