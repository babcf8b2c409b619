using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Recurant.Reports;

/// <summary>What each node of the picture shows in each view, as the data of the page's script.</summary>
internal static class LessonNodes
{
    private const int LineWidth = 100;

    /// <summary>The name of a node: kind, recurrent row (layer and direction, from 0) and step, from 1.</summary>
    public static string Key(string kind, int row, int step) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}{row}-{step}");

    public static void Write(Utf8JsonWriter writer, Lesson lesson)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("words");
        foreach (string word in lesson.Words) writer.WriteStringValue(word);
        writer.WriteEndArray();
        foreach ((string view, LessonPart part) in (ReadOnlySpan<(string, LessonPart)>)
            [("forward", LessonPart.Forward), ("backward", LessonPart.Backward), ("update", LessonPart.Update)])
        {
            writer.WriteStartObject(view);
            if (part == LessonPart.Update) WriteUpdate(writer, lesson); else WriteSteps(writer, lesson, part);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>The lines of an equation, letters first; parts that fit stand on one line.</summary>
    public static IEnumerable<string> Rows(LessonEquation equation)
    {
        bool isFirst = true;
        foreach (LessonLine line in equation.Lines)
        {
            var text = new StringBuilder(line.Name);
            int length = text.Length;
            foreach (string part in LessonNotation.Parts(line, isFirst).Select(part => string.Concat(part)))
            {
                bool fits = length == line.Name.Length || length + part.Length < LineWidth;
                length = fits ? length + part.Length + 1 : part.Length + 4;
                text.Append(fits ? " " : "\n    ").Append(part);
            }

            yield return text.ToString();
            isFirst = false;
        }

        if (equation.LinesLeftOut == 0) yield break;
        yield return string.Create(CultureInfo.InvariantCulture, $"... {equation.LinesLeftOut:N0} more");
    }

    public static string RowName(LessonMatrix matrix, int row) =>
        matrix.RowNames.Count > 0 ? matrix.RowNames[row] : matrix.Rows == 1 ? "" : (row + 1).ToString(
            CultureInfo.InvariantCulture);

    public static IEnumerable<string> ColumnNames(LessonMatrix matrix) => matrix.ColumnNames.Count > 0
        ? matrix.ColumnNames
        : Enumerable.Range(1, matrix.Shown[0].Count).Select(j => j.ToString(CultureInfo.InvariantCulture));

    public static string LeftOut(LessonMatrix matrix)
    {
        int rows = matrix.Rows - matrix.Shown.Count, columns = matrix.Columns - matrix.Shown[0].Count;
        return (rows > 0 ? string.Create(CultureInfo.InvariantCulture, $", {rows:N0} more rows") : "")
            + (columns > 0 ? string.Create(CultureInfo.InvariantCulture, $", {columns:N0} more columns") : "");
    }

    private static void WriteSteps(Utf8JsonWriter writer, Lesson lesson, LessonPart part)
    {
        bool isForward = part == LessonPart.Forward;
        LessonSection[] sections = [.. lesson.Sections.Where(section => section.Part == part)];
        for (int step = 1; step <= lesson.Words.Count; step++)
        {
            string where = $"step {step}, \"{lesson.Words[step - 1]}\"";
            LessonSection[] ofStep = [.. sections.Where(section => section.Step == step)];
            LessonSection[] states = [.. ofStep.Where(section => section.Layer > 0)];
            LessonSection first = states.First(section => section is { Layer: 1, Direction: 0 });
            Write(writer, Key("x", 0, step), isForward ? $"x_{step}: {where}" : $"The gradient of U at {where}", [],
                first.Matrices.Where(matrix => isForward || matrix.Name.StartsWith("dU", StringComparison.Ordinal)));
            foreach (LessonSection section in states)
            {
                int row = (section.Layer - 1) * lesson.Spec.Directions + section.Direction;
                Write(writer, Key("h", row, step), section.Title, section.Equations,
                    isForward ? [] : section.Matrices.Where(matrix => matrix.Name.StartsWith("dW", StringComparison.Ordinal)));
            }

            LessonSection[] answers = lesson.IsManyToMany
                ? [.. ofStep.Where(section => section.Layer == 0)]
                : step == lesson.Words.Count ? [.. sections.Where(section => section is { Step: 0, Layer: 0 }).Take(1)] : [];
            if (answers.Length == 0) continue;
            Write(writer, Key("y", 0, step), answers[0].Title,
                answers[0].Equations.Where(equation => equation.Node != "J"), isForward ? [] : answers[0].Matrices);
            if (isForward)
            {
                Write(writer, Key("j", 0, step), $"The loss of {(lesson.IsManyToMany ? where : "the sentence")}",
                    [.. answers[0].Equations.Where(equation => equation.Node == "J"),
                        .. sections[^1].Equations.Where(equation => lesson.IsManyToMany && equation.Node == "J")], []);
            }
            else
            {
                Write(writer, Key("j", 0, step), lesson.IsManyToMany
                    ? $"The backward pass starts here: J_{step} counts with 1/T = 1/{lesson.Words.Count} in J"
                    : "The backward pass starts here: dJ/dJ = 1", answers[0].Equations.Take(1), []);
            }
        }
    }

    /// <summary>After the step the nodes show what became of the weights that lead to them.</summary>
    private static void WriteUpdate(Utf8JsonWriter writer, Lesson lesson)
    {
        LessonSection[] sections = [.. lesson.Sections.Where(section => section.Part == LessonPart.Update)];
        for (int step = 1; step <= lesson.Words.Count; step++)
        {
            Write(writer, Key("x", 0, step), "The new U", Of("U"), []);
            for (int row = 0; row < lesson.Spec.StateRows; row++) Write(writer, Key("h", row, step), "The new W", Of("W"), []);
            if (!lesson.IsManyToMany && step < lesson.Words.Count) continue;
            Write(writer, Key("y", 0, step), "The new V, and the new answer", Of("V"), sections[1].Matrices);
            Write(writer, Key("j", 0, step), "The new loss", sections[1].Equations, []);
        }

        IEnumerable<LessonEquation> Of(string letter) => sections[0].Equations.Where(
            equation => equation.Name.StartsWith("new " + letter, StringComparison.Ordinal)
                || equation.Name.StartsWith("new b" + letter, StringComparison.Ordinal)
                || (letter == "U" && equation.Name == "new E"));
    }

    private static void Write(
        Utf8JsonWriter writer, string key, string title, IEnumerable<LessonEquation> equations,
            IEnumerable<LessonMatrix> matrices)
    {
        writer.WriteStartObject(key);
        writer.WriteString("title", title);
        writer.WriteStartArray("equations");
        foreach (LessonEquation equation in equations)
        {
            writer.WriteStartObject();
            writer.WriteString("formula", equation.Formula);
            writer.WriteString("shapes", equation.Shapes);
            writer.WriteString("note", equation.Note);
            writer.WriteString("lines", string.Join('\n', Rows(equation)));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("matrices");
        foreach (LessonMatrix matrix in matrices)
        {
            writer.WriteStartObject();
            writer.WriteString("name", matrix.Heading);
            writer.WriteString("left_out", LeftOut(matrix));
            writer.WriteStartArray("rows");
            WriteRow(writer, ["", .. ColumnNames(matrix)]);
            for (int i = 0; i < matrix.Shown.Count; i++)
            {
                WriteRow(writer, [RowName(matrix, i), .. matrix.Shown[i].Select(LessonNotation.Number)]);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter writer, IEnumerable<string> cells)
    {
        writer.WriteStartArray();
        foreach (string cell in cells) writer.WriteStringValue(cell);
        writer.WriteEndArray();
    }
}
