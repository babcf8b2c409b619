using System.Globalization;

namespace Recurant.Insight;

/// <summary>The numbers of a lesson as they would be written by hand.</summary>
public static class LessonNotation
{
    private const int Digits = 6;

    /// <summary>A number with six digits that count, without noughts at its end.</summary>
    /// <param name="value">The number.</param>
    /// <returns>For example 0.405321, -1.5, 2.3e-5.</returns>
    public static string Number(double value)
    {
        double magnitude = Math.Abs(value);
        if (magnitude == 0 || !double.IsFinite(value)) return magnitude == 0 ? "0" : value.ToString(CultureInfo.InvariantCulture);
        if (magnitude is < 1e-4 or >= 1e6) return value.ToString("0.#####e+0", CultureInfo.InvariantCulture);
        int before = (int)Math.Floor(Math.Log10(magnitude)) + 1;
        string text = value.ToString($"F{Math.Max(0, Digits - before)}", CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    /// <summary>
    /// The parts of a line, each beginning with "= " and cut where it may be broken: letters, numbers, products, sum, value.
    /// </summary>
    /// <param name="line">The number.</param>
    /// <param name="withLetters">Whether the names of the terms come first.</param>
    /// <returns>
    /// For example <c>= tanh(U[1,1] x_1[1])</c>, <c>= tanh(-0.43*1)</c>, <c>= tanh(-0.43)</c>, <c>= -0.405321</c>.
    /// </returns>
    public static IEnumerable<IReadOnlyList<string>> Parts(LessonLine line, bool withLetters)
    {
        ArgumentNullException.ThrowIfNull(line);
        bool hasProducts = line.Terms.Any(term => term.Factors.Count > (IsMinus(term) ? 2 : 1));
        bool hasEnd = line.Function != LessonFunction.None || line.DivisorName.Length > 0;
        if (withLetters)
        {
            yield return Wrap(
                line, [.. line.Terms.Select((term, i) => Join(i, line, IsMinus(term), term.Name))], line.DivisorName);
        }

        string divisor = line.DivisorName.Length > 0 ? Number(line.Divisor) : "";
        if (hasProducts) yield return Wrap(line, [.. line.Terms.Select((term, i) => Factors(i, line, term))], divisor);
        if (line.Terms.Count > 1 || (hasEnd && !hasProducts))
        {
            yield return Wrap(
                line, [.. line.Terms.Select((term, i) => Join(i, line, term.Value < 0, Number(Math.Abs(term.Value))))], divisor);
        }

        if (line.Function is not (LessonFunction.None or LessonFunction.Max) && (line.Terms.Count > 1 || hasProducts))
        {
            yield return [$"= {NameOf(line.Function)}({Number(line.Sum)})"];
        }

        yield return [$"= {Number(line.Value)}"];
    }

    private static bool IsMinus(LessonTerm term) => term.Factors.Count > 1 && term.Factors[0] == -1;

    private static string NameOf(LessonFunction function) => function switch
    {
        LessonFunction.MinusLog => "-ln", LessonFunction.None => "", _ => function.ToString().ToLowerInvariant(),
    };

    private static string Factors(int place, LessonLine line, LessonTerm term)
    {
        double[] factors = [.. IsMinus(term) ? term.Factors.Skip(1) : term.Factors];
        bool isNegative = IsMinus(term) != factors[0] < 0;
        factors[0] = Math.Abs(factors[0]);
        return Join(place, line, isNegative, string.Join("*", factors.Select(f => f < 0 ? $"({Number(f)})" : Number(f))));
    }

    private static string Join(int place, LessonLine line, bool isNegative, string text)
    {
        if (line.Function == LessonFunction.Max) return (place == 0 ? "" : ", ") + (isNegative ? "-" : "") + text;
        return place == 0 ? (isNegative ? "-" : "") + text : (isNegative ? " - " : " + ") + text;
    }

    private static List<string> Wrap(LessonLine line, List<string> terms, string divisor)
    {
        string function = NameOf(line.Function);
        bool brackets = function.Length > 0 || (divisor.Length > 0 && terms.Count > 1);
        terms[0] = $"= {function}{(brackets ? "(" : "")}{terms[0]}";
        terms[^1] += (brackets ? ")" : "") + (divisor.Length > 0 ? $" / {divisor}" : "");
        return terms;
    }
}
