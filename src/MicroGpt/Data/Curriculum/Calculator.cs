using System.Buffers;
using System.Globalization;

namespace MicroGpt.Data.Curriculum;

/// <summary>The calculator that models call: numbers, + - * /, brackets, in decimal arithmetic, so that 0.1 + 0.2 is 0.3.</summary>
public static class Calculator
{
    private const int LongestExpression = 200;
    private const int DeepestNesting = 20;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    /// <summary>The value of an expression as the model reads it, with at most six decimals; null for what is no expression, or has no value.</summary>
    public static string? Evaluate(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        if (expression.Length > LongestExpression)
            return null;
        var reader = new Reader(expression);
        try
        {
            return reader.Sum(0) is { } value && reader.IsAtEnd
                ? Math.Round(value, 6).ToString("0.######", CultureInfo.InvariantCulture)
                : null;
        }
        catch (Exception exception) when (exception is OverflowException or DivideByZeroException)
        {
            return null;
        }
    }

    // sum = product (± product)*, product = factor (*/ factor)*, factor = number | -factor | (sum); null: not an expression
    private ref struct Reader(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;

        public bool IsAtEnd => Next() == '\0';

        public decimal? Sum(int depth)
        {
            var sum = Product(depth);
            while (sum is not null && Next() is '+' or '-')
                sum = Take() == '+' ? sum + Product(depth) : sum - Product(depth);
            return sum;
        }

        private decimal? Product(int depth)
        {
            var product = Factor(depth);
            while (product is not null && Next() is '*' or '/')
                product = Take() == '*' ? product * Factor(depth) : product / Factor(depth);
            return product;
        }

        private decimal? Factor(int depth)
        {
            if (depth > DeepestNesting)
                return null;
            if (Next() == '-')
            {
                Take();
                return -Factor(depth + 1);
            }

            if (Next() != '(')
                return Number();
            Take();
            var value = Sum(depth + 1);
            return Next() == ')' && Take() == ')' ? value : null;
        }

        private decimal? Number()
        {
            Next();
            var length = _rest.IndexOfAnyExcept(s_digits);
            var digits = length < 0 ? _rest : _rest[..length];
            _rest = _rest[digits.Length..];
            return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;
        }

        private char Next()
        {
            _rest = _rest.TrimStart(' ');
            return _rest.IsEmpty ? '\0' : _rest[0];
        }

        private char Take()
        {
            var first = _rest[0];
            _rest = _rest[1..];
            return first;
        }
    }
}
