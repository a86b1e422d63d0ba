using System.CommandLine;
using MicroGpt.Checkpoints;
using MicroGpt.Models;

namespace MicroGpt.Cli.Commands;

/// <summary>The options that tell about a model in files what these do not say themselves.</summary>
internal sealed class SourceSettings(bool withTokenizer = true)
{
    private readonly Option<string?> _preset = new("--preset")
    {
        Description = $"What kind of model it is, where the file does not say it: {string.Join(", ", GptPresets.Names)}.",
        HelpName = "NAME",
    };

    private readonly Option<int?> _heads = new("--heads")
    {
        Description = "Its number of heads, where neither the file nor the preset says it.",
        HelpName = "N",
    };

    private readonly Option<string?> _tokenizer = new("--tokenizer")
    {
        Description = "The file or folder of its tokenizer, where that does not lie beside it.",
        HelpName = "PATH",
    };

    private readonly Option<bool> _allowNan = new("--allow-nan") { Description = "Take weights that are infinite or no numbers, too." };

    public IEnumerable<Option> Options => withTokenizer ? [_preset, _heads, _tokenizer, _allowNan] : [_preset, _heads, _allowNan];

    public ImportOptions Read(ParseResult parse) => new()
    {
        Preset = parse.GetValue(_preset),
        Heads = parse.GetValue(_heads),
        Tokenizer = withTokenizer ? parse.GetValue(_tokenizer) : null,
        WithoutTokenizer = !withTokenizer,
        AllowNonFinite = parse.GetValue(_allowNan),
    };
}
