using System.Globalization;

namespace MicroGpt.Data;

/// <summary>Text that others publish and that models are commonly trained on: known by name, loaded only on request.</summary>
public sealed class PublishedData
{
    private const string HuggingFace = "https://huggingface.co/datasets/";
    private const string TinyStoriesFiles = HuggingFace + "roneneldan/TinyStories/resolve/main/data/";
    private const string FineWebEduFiles = HuggingFace + "karpathy/fineweb-edu-100b-shuffle/resolve/main/";
    private const int FineWebEduShards = 1823;

    private PublishedData(string name, string description, string size, string license, params PublishedFile[] files) =>
        (Name, Description, Size, License, Files) = (name, description, size, license, files);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PublishedData> All { get; } =
    [
        new(
            "names32k",
            "32,033 first names, one a line: microgpt.py's data",
            "0.2 MB",
            "MIT (karpathy/makemore); the names are from ssa.gov",
            new PublishedFile("names32k.txt", "https://raw.githubusercontent.com/karpathy/makemore/988aa59/names.txt")
            {
                Bytes = 228_145,
                Sha256 = "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
            }),
        new(
            "tinyshakespeare",
            "40,000 lines of Shakespeare's plays as one text: nanoGPT's and char-rnn's data",
            "1.1 MB",
            "public domain (the plays)",
            new PublishedFile("tinyshakespeare.txt", "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt")
            {
                Bytes = 1_115_394,
                Sha256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            }),
        new(
            "tinystories",
            "2.1 million short stories in simple English, written by GPT-3.5 and GPT-4 (Eldan and Li, arXiv 2305.07759)",
            "about 1 GB in 5 files",
            "CDLA-Sharing-1.0",
            [
                .. ((string[])
                [
                    "train-00000-of-00004-2d5a1467fff1081b.parquet",
                    "train-00001-of-00004-5852b56a2bd28fd9.parquet",
                    "train-00002-of-00004-a26307300439e943.parquet",
                    "train-00003-of-00004-d243063613e5a057.parquet",
                    "validation-00000-of-00001-869c898b519ad725.parquet",
                ]).Select(file => new PublishedFile("tinystories-" + file, TinyStoriesFiles + file)),
            ]),
        new(
            "fineweb-edu",
            "educational pages of the web, 100 billion tokens, shuffled: an earlier nanochat's data",
            "about 0.1 GB a shard",
            "ODC-By 1.0",
            [
                .. Enumerable.Range(0, FineWebEduShards).Select(shard =>
                {
                    var file = string.Create(CultureInfo.InvariantCulture, $"shard_{shard:D5}.parquet");
                    return new PublishedFile("fineweb-edu-" + file, FineWebEduFiles + file);
                }),
            ])
        {
            IsSharded = true,
        },
    ];

    /// <summary>What it is called here.</summary>
    public string Name { get; }

    /// <summary>What it is.</summary>
    public string Description { get; }

    /// <summary>How much there is to load, for people.</summary>
    public string Size { get; }

    /// <summary>Under which licence it is published.</summary>
    public string License { get; }

    /// <summary>Its files.</summary>
    public IReadOnlyList<PublishedFile> Files { get; }

    /// <summary>Whether any number of its files, from the first, is a set of its own.</summary>
    public bool IsSharded { get; private init; }
}

/// <summary>A file of a published data set.</summary>
/// <param name="Name">What it is called on the disk.</param>
/// <param name="Source">Its address.</param>
public sealed record PublishedFile(string Name, string Source)
{
    /// <summary>Its size, where it is certain.</summary>
    public long? Bytes { get; init; }

    /// <summary>Its SHA-256 in hexadecimal, where it is certain.</summary>
    public string? Sha256 { get; init; }
}
