namespace MicroGpt.Tokenizers;

/// <summary>Turns text into token ids and back. Models know only the ids.</summary>
public interface ITokenizer
{
    /// <summary>The number of ids, from 0 to this less one, special tokens included.</summary>
    int VocabularySize { get; }

    /// <summary>The id that stands before and behind every document, or null where text is one endless stream.</summary>
    int? BosId { get; }

    /// <summary>The ids of a text, without any special token: what a person types is text and nothing else.</summary>
    /// <exception cref="ArgumentException">The text can't be expressed in this vocabulary.</exception>
    int[] Encode(string text);

    /// <summary>The text of ids; special tokens give none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    string Decode(IEnumerable<int> ids);
}
