namespace MicroGpt.Data.Curriculum;

/// <summary>The ways in which a reply is scored.</summary>
public enum ScoringRule
{
    /// <summary>No reply: documents are scored by the bits a model needs for a byte of them.</summary>
    BitsPerByte,

    /// <summary>The reply is one of the accepted sentences; case, spaces and the full stop at the end do not count.</summary>
    Exact,

    /// <summary>The last number in the reply is the accepted one.</summary>
    Number,

    /// <summary>The reply calls the calculator, whose first result is the accepted number, and ends in that number.</summary>
    Calculated,

    /// <summary>The single letters (or Chinese characters) in the reply are, in order, the accepted word's.</summary>
    Letters,

    /// <summary>The reply quotes the passage word for word between quotation marks, and the accepted answer stands behind "Answer:".</summary>
    Quoted,

    /// <summary>The first call is one of the accepted tool; for the tool "none" there is no call.</summary>
    Tool,
}
