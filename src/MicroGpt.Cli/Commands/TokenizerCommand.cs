using System.CommandLine;

namespace MicroGpt.Cli.Commands;

/// <summary>`microgpt tokenizer`: what turns text into tokens, made, tried and compared.</summary>
internal sealed class TokenizerCommand : Command
{
    public TokenizerCommand(CommandContext context)
        : base("tokenizer", "Train tokenizers, encode and decode with them, and compare them.")
    {
        Subcommands.Add(new TokenizerTrainCommand(context));
        Subcommands.Add(new TokenizerEncodeCommand(context));
        Subcommands.Add(new TokenizerDecodeCommand(context));
        Subcommands.Add(new TokenizerEvalCommand(context));
    }

    /// <summary>The option that names a tokenizer.</summary>
    public static Option<string> TokenizerOption() => new("--tokenizer")
    {
        Description = "A tokenizer's folder (a model's folder is one) or file: tokenizer.json, vocab.json with merges.txt, vocab.txt, or .tiktoken.",
        HelpName = "PATH",
        Required = true,
    };
}
