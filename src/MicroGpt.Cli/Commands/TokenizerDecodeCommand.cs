using System.Buffers;
using System.Buffers.Text;
using System.CommandLine;
using System.Text;
using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt tokenizer decode`: the text of tokens.</summary>
internal sealed class TokenizerDecodeCommand : Command, IHasExamples
{
    private readonly Option<string> _tokenizer = TokenizerCommand.TokenizerOption();
    private readonly Argument<string[]> _arguments = new("ids") { Description = "Ids (default: those in --file or standard input).", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _file = new("--file") { Description = "A file of ids with blanks or line ends between them.", HelpName = "FILE" };
    private readonly Option<bool> _skipSpecial = new("--skip-special") { Description = "Leave special tokens out instead of writing their names." };
    private readonly CommandContext _context;

    public TokenizerDecodeCommand(CommandContext context)
        : base("decode", "Write the text of ids, to the byte: nothing is added, not even a line's end.")
    {
        _context = context;
        Arguments.Add(_arguments);
        foreach (var option in (Option[])[_tokenizer, _file, _skipSpecial])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt tokenizer decode --tokenizer my-tokenizer 72 101 120", "The text of some ids"),
    ];

    private int Run(ParseResult parse)
    {
        var tokenizer = TokenizerFiles.Load(parse.GetValue(_tokenizer)!);
        var given = parse.GetValue(_arguments)!;
        var file = parse.GetValue(_file);
        if (given.Length > 0 && file is not null)
            throw new ArgumentException("Give ids or --file, not both.");
        var ids = Ids(given.Length > 0 ? Encoding.UTF8.GetBytes(string.Join(' ', given)) : InputBytes.Read(_context, file), tokenizer.VocabularySize);
        var text = new ArrayBufferWriter<byte>();
        tokenizer.DecodeUtf8(ids, text, withSpecial: !parse.GetValue(_skipSpecial));
        using var output = _context.Streams.OpenOutput();
        output.Write(text.WrittenSpan);
        return ExitCode.Success;
    }

    private static int[] Ids(ReadOnlySpan<byte> text, int vocabularySize)
    {
        var ids = new List<int>(text.Length / 4);
        while (true)
        {
            text = text.TrimStart(" \t\r\n"u8);
            if (text.IsEmpty)
                return [.. ids];
            var end = text.IndexOfAny(" \t\r\n"u8);
            var word = end < 0 ? text : text[..end];
            if (!Utf8Parser.TryParse(word, out int id, out var read) || read != word.Length)
                throw new InvalidDataException($"\"{Encoding.UTF8.GetString(word[..Math.Min(word.Length, 40)])}\" is no id: ids are whole numbers with blanks between them, as encode --ids prints them.");
            if ((uint)id >= (uint)vocabularySize)
                throw new InvalidDataException($"{id} is not in the vocabulary, which has the ids 0 to {vocabularySize - 1}.");
            ids.Add(id);
            text = text[word.Length..];
        }
    }
}
