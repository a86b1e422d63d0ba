using System.Text;
using MicroGpt.Tokenizers;

namespace MicroGpt.Checkpoints.Gguf;

/// <summary>A tokenizer in the metadata of a GGUF file, where llama.cpp gives the same ids with it.</summary>
internal static class GgufTokenizerWriter
{
    /// <summary>Writes a tokenizer.</summary>
    /// <param name="tokenizer">The tokenizer, or null for none.</param>
    /// <param name="rows">The rows of the model, perhaps more than tokens.</param>
    /// <param name="chatTemplate">The template for conversations, or null.</param>
    /// <param name="metadata">Receives names and values.</param>
    /// <exception cref="ArgumentException">llama.cpp can't follow this tokenizer; the message says why and what would do.</exception>
    public static void Write(ITokenizer? tokenizer, int rows, string? chatTemplate, IDictionary<string, object> metadata)
    {
        switch (tokenizer)
        {
            case null: metadata.Add(GgufTokenizer.Model, GgufTokenizer.None); break;
            case BpeTokenizer bpe: WriteBytePairs(bpe, rows, metadata); break;
            case CharTokenizer characters: WriteCharacters(characters, rows, metadata); break;
            default:
                throw new ArgumentException("llama.cpp has this kind of tokenizer (WordPiece) for BERT's models only. Train with byte-level BPE (--kind bpe) or characters for it.");
        }

        if (tokenizer?.BosId is { } bos)
        {
            metadata.Add(GgufTokenizer.BosId, (uint)bos);
            // A template that writes the token by its name needs no other one before it.
            metadata.Add(GgufTokenizer.AddBos, chatTemplate?.Contains(tokenizer.TokenText(bos), StringComparison.Ordinal) != true);
        }
        else if (tokenizer is not null)
        {
            metadata.Add(GgufTokenizer.AddBos, false);
        }

        if (tokenizer is not null)
            metadata.Add(GgufTokenizer.AddEos, false);
        if (chatTemplate is null)
            return;
        metadata.Add(GgufTokenizer.ChatTemplate, chatTemplate);
        if (tokenizer is not null && ChatTemplate.For(tokenizer) is { } known) // of those that end turns, llama.cpp knows only some by their names
            metadata.Add(GgufTokenizer.EotId, (uint)tokenizer.SpecialTokens[known.EndOfTurn]);
    }

    private static void WriteBytePairs(BpeTokenizer tokenizer, int rows, IDictionary<string, object> metadata)
    {
        Check(tokenizer.Options);
        var (names, types) = (new string[rows], new int[rows]);
        Array.Fill(types, GgufTokenizer.Normal);
        for (var id = 0; id < tokenizer.VocabularySize; id++)
            names[id] = ByteLevelAlphabet.Encode(tokenizer.TokenBytes(id));
        foreach (var token in tokenizer.Options.AddedTokens)
            (names[token.Id], types[token.Id]) = (token.Content, token.Special ? GgufTokenizer.Control : GgufTokenizer.UserDefined);
        var preTokenizer = GgufPreTokenizer.Of(tokenizer);
        WriteVocabulary(GgufTokenizer.BytePairs, preTokenizer.Names[0], names, types, tokenizer.VocabularySize, metadata);
        metadata.Add(GgufTokenizer.Merges, tokenizer.Merges.Select(merge => $"{names[merge.Left]} {names[merge.Right]}").ToArray());
        metadata.Add(GgufTokenizer.EosId, (uint)(tokenizer.EosId ?? IdOf(names, ByteLevelAlphabet.Encode(GgufTokenizer.NeverInText))));
        if (tokenizer.Options.Normalization is not null)
            metadata.Add(GgufTokenizer.NormalizesToNfc, true);
        if (preTokenizer.Splitter.Pattern != tokenizer.Options.Splitter.Pattern)
            metadata.Add(GgufTokenizer.Pattern, tokenizer.Options.Splitter.Pattern);
    }

    private static void Check(BpeOptions options)
    {
        if (options.AddPrefixSpace)
            throw new ArgumentException("This tokenizer begins every text with a space, which llama.cpp can't do with byte-level BPE.");
        if (options.Normalization is not (null or NormalizationForm.FormC))
            throw new ArgumentException($"This tokenizer brings text into the form {options.Normalization}; llama.cpp can only bring it into NFC.");
        if (options.AddedTokens.FirstOrDefault(token => token.SingleWord || token.LeftStrip || token.RightStrip) is { } token)
            throw new ArgumentException($"The token {token.Content} swallows white space, or is recognised as a whole word only; llama.cpp can't do that.");
    }

    /// <summary>
    /// Characters as byte-level BPE: merges that put the bytes of each character together and no others. Without a token for the end of texts,
    /// that of <see cref="GgufTokenizer.LongestToken"/> does the same.
    /// </summary>
    private static void WriteCharacters(CharTokenizer tokenizer, int rows, IDictionary<string, object> metadata)
    {
        var (names, types) = (new string[rows], new int[rows]);
        Array.Fill(types, GgufTokenizer.Normal);
        if (tokenizer.EosId is not { } eos)
        {
            if (tokenizer.Characters.FirstOrDefault(character => !Ascii.IsValid(character)) is { } other)
                throw new ArgumentException(
                    $"llama.cpp can't read a vocabulary of characters beyond ASCII, such as {other}, that has no token for the end of texts. Train on documents (--data-as lines), or with byte-level BPE (microgpt tokenizer train).");
            for (var id = 0; id < tokenizer.Characters.Count; id++)
                names[id] = tokenizer.Characters[id] == "\\" ? @"\\" : tokenizer.Characters[id];
            WriteVocabulary(GgufTokenizer.LongestToken, null, names, types, tokenizer.VocabularySize, metadata);
            return;
        }

        for (var id = 0; id < tokenizer.Characters.Count; id++)
            names[id] = ByteLevelAlphabet.Encode(Encoding.UTF8.GetBytes(tokenizer.Characters[id]));
        (names[eos], types[eos]) = (CharTokenizer.BosToken, GgufTokenizer.Control);
        WriteVocabulary(GgufTokenizer.BytePairs, GgufPreTokenizer.All[0].Names[0], names, types, tokenizer.VocabularySize, metadata);
        metadata.Add(GgufTokenizer.Merges, SpellingMerges(names[..tokenizer.Characters.Count]));
        metadata.Add(GgufTokenizer.EosId, (uint)eos);
    }

    /// <summary>The merges that make each name of its letters, from the first on.</summary>
    public static string[] SpellingMerges(IEnumerable<string> names) =>
        [.. names.SelectMany(name => Enumerable.Range(1, name.Length - 1).Select(length => $"{name[..length]} {name[length]}")).Distinct()];

    private static void WriteVocabulary(string model, string? preTokenizer, string[] names, int[] types, int tokens, IDictionary<string, object> metadata)
    {
        for (var id = tokens; id < names.Length; id++)
            (names[id], types[id]) = ($"[PAD{id}]", GgufTokenizer.Unused);
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two tokens would be called {twice.Key}, which llama.cpp does not take.");
        metadata.Add(GgufTokenizer.Model, model);
        if (preTokenizer is not null)
            metadata.Add(GgufTokenizer.PreTokenizer, preTokenizer);
        metadata.Add(GgufTokenizer.Tokens, names);
        metadata.Add(GgufTokenizer.TokenTypes, types);
    }

    private static int IdOf(string[] names, string name) =>
        Array.IndexOf(names, name) is >= 0 and var id
            ? id
            : throw new ArgumentException("This tokenizer has no token for the end of texts, without which llama.cpp can't use it. Train it with one (--special <|endoftext|>).");
}
