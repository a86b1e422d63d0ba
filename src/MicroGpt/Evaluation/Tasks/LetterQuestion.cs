using System.Text;
using MicroGpt.Tokenizers;

namespace MicroGpt.Evaluation.Tasks;

/// <summary>
/// A question with a letter for each choice, as chat models are asked. The form is the one that nanochat trains its models on
/// (tasks/common.py): the letter stands behind its choice, close to where the model has to name it, and without a space before it,
/// so that it is the same token there as in the reply.
/// </summary>
internal static class LetterQuestion
{
    public static string Text(TaskItem item)
    {
        var text = new StringBuilder($"Multiple Choice question: {item.Options[0].Context}\n");
        for (var i = 0; i < item.Options.Count; i++)
            text.Append($"- {item.Options[i].Continuation}={(char)('A' + i)}\n");
        return text.Append("\nRespond only with the letter of the correct answer.").ToString();
    }

    /// <summary>The token of a letter.</summary>
    /// <exception cref="ArgumentException">The vocabulary has none of its own for it.</exception>
    public static int Token(int option, ITokenizer tokenizer)
    {
        var letter = ((char)('A' + option)).ToString();
        return tokenizer.Encode(letter) is [var id]
            ? id
            : throw new ArgumentException($"The tokenizer has no token for the letter {letter}, so choices can't be named by letters.");
    }
}
