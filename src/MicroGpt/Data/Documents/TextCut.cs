namespace MicroGpt.Data.Documents;

/// <summary>How a plain text (.txt, .md) is cut into documents.</summary>
public enum TextCut
{
    /// <summary>A file is one document.</summary>
    File,

    /// <summary>Every line that is not blank is a document, without the blanks round it.</summary>
    Lines,

    /// <summary>Blank lines stand between documents.</summary>
    Paragraphs,

    /// <summary>Lines that hold nothing but <see cref="DocumentReaderOptions.Separator"/> stand between documents.</summary>
    Separators,
}
