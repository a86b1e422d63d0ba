namespace MicroGpt.Inference;

/// <summary>What a piece of a reply belongs to.</summary>
public enum ReplyPieceKind
{
    /// <summary>What is said.</summary>
    Text,

    /// <summary>The call of a tool.</summary>
    Call,

    /// <summary>The tool's output, all of it.</summary>
    Output,
}

/// <summary>A piece of a reply, as it comes.</summary>
/// <param name="Kind">What it belongs to.</param>
/// <param name="Text">Some characters, at least one.</param>
public readonly record struct ReplyPiece(ReplyPieceKind Kind, string Text);
