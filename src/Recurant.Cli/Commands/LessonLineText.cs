using System.Globalization;
using Recurant.Insight;

namespace Recurant.Cli;

/// <summary>One number of a lesson as it would be written by hand.</summary>
internal static class LessonLineText
{
    private const int Digits = 6;

    /// <summary>A number with six digits that count, without noughts at its end.</summary>
    public static string Number(double value)
    {
        double magnitude = Math.Abs(value);
        if (magnitude == 0 || !double.IsFinite(value)) return magnitude == 0 ? "0" : value.ToString(CultureInfo.InvariantCulture);
        if (magnitude is < 1e-4 or >= 1e6) return value.ToString("0.#####e+0", CultureInfo.InvariantCulture);
        int before = (int)Math.Floor(Math.Log10(magnitude)) + 1;
        string text = value.ToString("F" + Math.Max(0, Digits - before), CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    /// <summary>
    /// The parts of a line, each beginning with "= " and cut where it may be broken: letters, numbers, products, sum, value.
    /// </summary>
    public static IEnumerable<IReadOnlyList<string>> Parts(LessonLine line, bool withLetters)
    {
        bool hasProducts = line.Terms.Any(term => term.Factors.Count > (IsMinus(term) ? 2 : 1));
        bool hasEnd = line.Function != LessonFunction.None || line.DivisorName.Length > 0;
        if (withLetters) yield return Wrap(line, [.. line.Terms.Select((term, i) => Join(i, line, IsMinus(term), term.Name))], line.DivisorName);
        string divisor = line.DivisorName.Length > 0 ? Number(line.Divisor) : "";
        if (hasProducts) yield return Wrap(line, [.. line.Terms.Select((term, i) => Factors(i, line, term))], divisor);
        if (line.Terms.Count > 1 || (hasEnd && !hasProducts))
        {
            yield return Wrap(line, [.. line.Terms.Select((term, i) => Join(i, line, term.Value < 0, Number(Math.Abs(term.Value))))], divisor);
        }

        if (line.Function is not (LessonFunction.None or LessonFunction.Max) && (line.Terms.Count > 1 || hasProducts))
        {
            yield return [$"= {LessonLineName(line.Function)}({Number(line.Sum)})"];
        }

        yield return [$"= {Number(line.Value)}"];
    }

    private static bool IsMinus(LessonTerm term) => term.Factors.Count > 1 && term.Factors[0] == -1;

    private static string LessonLineName(LessonFunction function) => function switch
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
        string function = LessonLineName(line.Function);
        bool brackets = function.Length > 0 || (divisor.Length > 0 && terms.Count > 1);
        terms[0] = $"= {function}{(brackets ? "(" : "")}{terms[0]}";
        terms[^1] += (brackets ? ")" : "") + (divisor.Length > 0 ? $" / {divisor}" : "");
        return terms;
    }
}
