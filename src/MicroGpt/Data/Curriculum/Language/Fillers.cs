namespace MicroGpt.Data.Curriculum.Language;

/// <summary>Words of one kind, split once and for all: what examples held out are made of never stands in training.</summary>
internal sealed class Fillers
{
    /// <summary>Splits two lists of words at their commas.</summary>
    /// <param name="training">For training and validation.</param>
    /// <param name="heldOut">For the test, or nothing for a kind too small or too basic to split, such as the weekdays.</param>
    public Fillers(string training, string heldOut = "")
    {
        Training = Split(training);
        HeldOut = Split(heldOut);
    }

    public IReadOnlyList<string> Training { get; }

    public IReadOnlyList<string> HeldOut { get; }

    /// <summary>The words that a part may use.</summary>
    public IReadOnlyList<string> Of(CurriculumPart part) =>
        part == CurriculumPart.Test && HeldOut.Count > 0 ? HeldOut : Training;

    private static string[] Split(string words) =>
        words.Split([',', '，'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
