using System.CommandLine;
using System.Globalization;
using System.Text;
using MicroGpt.Tokenizers;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt tokenizer encode`: the tokens of a text.</summary>
internal sealed class TokenizerEncodeCommand : Command, IHasExamples
{
    private const string Border = "│";

    private readonly Option<string> _tokenizer = TokenizerCommand.TokenizerOption();
    private readonly Option<string?> _file = new("--file") { Description = "The text (default: standard input). Any bytes will do.", HelpName = "FILE" };
    private readonly Option<bool> _ids = new("--ids") { Description = "Print the ids with blanks between them, instead of the pieces." };
    private readonly Option<bool> _allowSpecial = new("--allow-special") { Description = "Names of special tokens in the text become these tokens; otherwise all is text." };
    private readonly CommandContext _context;

    public TokenizerEncodeCommand(CommandContext context)
        : base("encode", "Show the tokens of a text.")
    {
        _context = context;
        foreach (var option in (Option[])[_tokenizer, _file, _ids, _allowSpecial])
            Options.Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; } =
    [
        ("microgpt tokenizer encode --tokenizer my-tokenizer --file my-notes.txt", "Where a text is cut"),
        ("microgpt tokenizer encode --tokenizer my-tokenizer --file my-notes.txt --ids", "The ids, as decode takes them"),
    ];

    private int Run(ParseResult parse)
    {
        var tokenizer = TokenizerFiles.Load(parse.GetValue(_tokenizer)!);
        var text = InputBytes.Read(_context, parse.GetValue(_file));
        var ids = Encode(tokenizer, text, parse.GetValue(_allowSpecial));
        var output = _context.Console.Profile.Out.Writer;
        if (parse.GetValue(_ids))
        {
            output.WriteLine(string.Join(' ', ids.Select(id => id.ToString(CultureInfo.InvariantCulture))));
            return ExitCode.Success;
        }

        for (var i = 0; i < ids.Count; i++)
        {
            var piece = tokenizer.TokenText(ids[i]);
            output.Write(Visible(piece));
            if (piece.EndsWith('\n'))
                output.WriteLine();
            else if (i + 1 < ids.Count)
                output.Write(Border);
        }

        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{text.Length:N0} bytes, {ids.Count:N0} tokens{(ids.Count > 0 ? $", {(double)text.Length / ids.Count:F2} bytes a token" : "")}"));
        return ExitCode.Success;
    }

    private static List<int> Encode(ITokenizer tokenizer, byte[] text, bool allowSpecial)
    {
        var ids = new List<int>();
        if (!allowSpecial)
            tokenizer.EncodeUtf8(text, ids);
        else if (System.Text.Unicode.Utf8.IsValid(text))
            ids.AddRange(tokenizer.Encode(Encoding.UTF8.GetString(text), allowSpecial: true));
        else
            EncodeAround(tokenizer, text, ids);
        return ids;
    }

    /// <summary>Bytes that no string can hold, with special tokens between them: the leftmost first, of those at one place the longest.</summary>
    private static void EncodeAround(ITokenizer tokenizer, ReadOnlySpan<byte> text, List<int> ids)
    {
        var names = tokenizer.SpecialTokens.Select(token => (Name: Encoding.UTF8.GetBytes(token.Key), token.Value)).OrderByDescending(token => token.Name.Length).ToArray();
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            foreach (var (name, id) in names)
            {
                if (!text[at..].StartsWith(name))
                    continue;
                tokenizer.EncodeUtf8(text[start..at], ids);
                ids.Add(id);
                start = at + name.Length;
                at = start - 1;
                break;
            }
        }

        tokenizer.EncodeUtf8(text[start..], ids);
    }

    /// <summary>What has no shape of its own, as C# writes it.</summary>
    private static string Visible(string piece)
    {
        var visible = new StringBuilder();
        foreach (var rune in piece.EnumerateRunes())
            visible.Append(rune.Value switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < 0x20 or 0x7F => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:X2}"),
                _ => rune.ToString(),
            });
        return visible.ToString();
    }
}
