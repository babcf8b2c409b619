namespace Recurant.Insight;

/// <summary>Makes the terms, lines and matrices of a lesson, and leaves out what is too much.</summary>
internal static class LessonTerms
{
    /// <summary>The name of an element: <c>h_3[1]</c>, both counted from 0 in the code and from 1 on paper.</summary>
    public static string At(string name, int t, int unit) => $"{name}_{t + 1}[{unit + 1}]";

    /// <summary>Adds left_j right_j for every j; where there are too many, the sum of the rest as one term.</summary>
    public static void AddProducts(
        List<LessonTerm> terms, int count, int shown, Func<int, string> name, Func<int, double> left, Func<int, double> right,
        string whole, double? factor = null)
    {
        for (int j = 0; j < shown; j++)
        {
            terms.Add(new(name(j), factor is { } third ? [left(j), right(j), third] : [left(j), right(j)]));
        }

        if (shown == count) return;
        double rest = 0;
        for (int j = shown; j < count; j++) rest += left(j) * right(j);
        terms.Add(new($"({count - shown} more {whole})", [rest * (factor ?? 1)], count - shown));
    }

    public static LessonTerm Number(string name, double value) => new(name, [value]);

    public static LessonTerm Product(string name, params double[] factors) => new(name, factors);

    /// <summary>An equation with a line for each unit that is shown.</summary>
    public static LessonEquation Equation(
        string name, string formula, string shapes, int count, LessonOptions options, Func<int, LessonLine> line,
        string node = "", string note = "")
    {
        int shown = options.Shown(count);
        return new LessonEquation
        {
            Name = name, Formula = formula, Shapes = shapes,
            Lines = [.. Enumerable.Range(0, shown).Select(line)],
            LinesLeftOut = count - shown, Node = node, Note = note,
        };
    }

    public static LessonLine Line(
        string name, IReadOnlyList<LessonTerm> terms, double value, LessonFunction function = default) =>
        new() { Name = name, Terms = terms, Value = value, Function = function };

    /// <summary>A matrix, or a part of one, of which the first rows and columns are shown.</summary>
    public static LessonMatrix Matrix(
        string name, string formula, int rows, int columns, ReadOnlySpan<double> values, LessonOptions options,
        IReadOnlyList<string>? rowNames = null, IReadOnlyList<string>? columnNames = null)
    {
        int shownRows = options.Shown(rows), shownColumns = options.Shown(columns);
        var shown = new double[shownRows][];
        for (int i = 0; i < shownRows; i++) shown[i] = values.Slice(i * columns, shownColumns).ToArray();
        double squares = 0;
        foreach (double value in values) squares += value * value;
        return new LessonMatrix
        {
            Name = name, Formula = formula, Rows = rows, Columns = columns, Shown = shown, Norm = Math.Sqrt(squares),
            RowNames = [.. (rowNames ?? []).Take(shownRows)], ColumnNames = [.. (columnNames ?? []).Take(shownColumns)],
        };
    }
}
