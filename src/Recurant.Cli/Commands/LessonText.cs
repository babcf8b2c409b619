using System.Globalization;
using System.Text;

namespace Recurant.Cli;

/// <summary>Writes a lesson in lines of the terminal's width, with six significant digits.</summary>
/// <param name="to">Where to.</param>
/// <param name="width">The columns of the terminal; more than 100 are not used, as long lines are hard to read.</param>
internal sealed class LessonText(TextWriter to, int width)
{
    private const int MostColumns = 100, LeastColumns = 30, LongestName = 12;

    private int Width => Math.Clamp(width, LeastColumns, MostColumns);

    /// <summary>A section: its heading, notes, matrices and equations.</summary>
    public void Write(LessonSection section)
    {
        WriteWrapped(section.Title, "");
        to.WriteLine(new string('-', Math.Min(Width, section.Title.Length)));
        foreach (string note in section.Notes) WriteWrapped(note, "");
        if (section.Part is LessonPart.Weights or LessonPart.Forward)
        {
            foreach (LessonMatrix matrix in section.Matrices) Write(matrix, withNorm: false);
            foreach (LessonEquation equation in section.Equations) Write(equation);
        }
        else
        {
            foreach (LessonEquation equation in section.Equations) Write(equation);
            foreach (LessonMatrix matrix in section.Matrices) Write(matrix, withNorm: section.Part != LessonPart.Update);
        }

        to.WriteLine();
    }

    /// <summary>Which letter is which tensor.</summary>
    public void Write(IReadOnlyList<LessonTensor> tensors)
    {
        List<string[]> rows = [["letter", "shape", "in the model file", ""]];
        foreach (LessonTensor tensor in tensors)
        {
            string shape = tensor.Columns == 0 ? $"[{tensor.Rows}]" : $"[{tensor.Rows},{tensor.Columns}]";
            string place = string.Create(
                CultureInfo.InvariantCulture, $"{tensor.Tensor}, rows {tensor.FirstRow} to {tensor.FirstRow + tensor.Rows - 1}");
            rows.Add([tensor.Symbol, shape, place, tensor.Meaning]);
        }

        foreach (string line in TextLayout.Table(rows, Width, 1, 2, 3)) to.WriteLine(line);
        WriteWrapped("Rows, columns, units and steps are counted from 1 (in a model file, from 0).", "");
        to.WriteLine();
    }

    private void Write(LessonEquation equation)
    {
        to.WriteLine();
        string formula = "  " + equation.Formula;
        if (formula.Length + equation.Shapes.Length + 4 <= Width)
        {
            to.WriteLine(formula + equation.Shapes.PadLeft(Width - formula.Length));
        }
        else
        {
            WriteWrapped(equation.Formula, "  ");
            to.WriteLine(equation.Shapes.PadLeft(Width));
        }

        if (equation.Note.Length > 0) WriteWrapped(equation.Note, "  ");
        bool isFirst = true;
        foreach (LessonLine line in equation.Lines)
        {
            foreach (string row in Rows(line, isFirst)) to.WriteLine(row);
            isFirst = false;
        }

        if (equation.LinesLeftOut > 0) to.WriteLine($"    ... {Numbers.Count(equation.LinesLeftOut)} more");
    }

    private void Write(LessonMatrix matrix, bool withNorm)
    {
        to.WriteLine();
        string shape = matrix.Columns == 1 ? $"[{matrix.Rows}]" : $"[{matrix.Rows},{matrix.Columns}]";
        string name = matrix.Heading;
        string right = withNorm && double.IsFinite(matrix.Norm) ? $"{shape}  norm {LessonNotation.Number(matrix.Norm)}" : shape;
        if (name.Length + right.Length + 4 <= Width)
        {
            to.WriteLine("  " + name + right.PadLeft(Width - 2 - name.Length));
        }
        else
        {
            WriteWrapped(name, "  ");
            to.WriteLine(right.PadLeft(Width));
        }

        string[][] cells = [.. matrix.Shown.Select(row => row.Select(LessonNotation.Number).ToArray())];
        int columns = cells[0].Length;
        string[] rowNames = matrix.RowNames.Count > 0 ? [.. matrix.RowNames.Select(Short)]
            : cells.Length == 1 ? [""] : [.. Enumerable.Range(1, cells.Length).Select(i => $"{i}")];
        string[] columnNames = matrix.ColumnNames.Count > 0 ? [.. matrix.ColumnNames.Select(Short)]
            : [.. Enumerable.Range(1, columns).Select(j => $"{j}")];
        int labels = Math.Max(4, rowNames.Max(row => row.Length) + 2);
        int width = Math.Max(cells.Max(row => row.Max(cell => cell.Length)), columnNames.Max(column => column.Length)) + 2;
        int block = Math.Max(1, (Width - 2 - labels) / width);
        for (int first = 0; first < columns; first += block)
        {
            int end = Math.Min(columns, first + block);
            if (columns > 1)
            {
                var heading = new StringBuilder(new string(' ', 2 + labels));
                for (int j = first; j < end; j++) heading.Append(columnNames[j].PadLeft(width));
                to.WriteLine(heading);
            }

            for (int i = 0; i < cells.Length; i++)
            {
                var row = new StringBuilder("  " + rowNames[i].PadLeft(labels));
                for (int j = first; j < end; j++) row.Append(cells[i][j].PadLeft(width));
                to.WriteLine(row);
            }
        }

        if (cells.Length < matrix.Rows || columns < matrix.Columns)
        {
            int rows = matrix.Rows - cells.Length, more = matrix.Columns - columns;
            string between = rows > 0 && more > 0 ? ", " : "";
            to.WriteLine(
                $"    ... {(rows > 0 ? Numbers.Of(rows, "more row") : "")}{between}"
                + $"{(more > 0 ? Numbers.Of(more, "more column") : "")}");
        }
    }

    /// <summary>
    /// The lines of a number: with letters where asked for, with numbers, with the products multiplied out, and the end; parts
    /// that fit stand on one line.
    /// </summary>
    private IEnumerable<string> Rows(LessonLine line, bool withLetters)
    {
        string start = $"    {line.Name} ", indent = new(' ', Math.Min(start.Length, LongestName));
        var row = new StringBuilder(start);
        int begun = row.Length;
        foreach (IReadOnlyList<string> part in LessonNotation.Parts(line, withLetters))
        {
            int whole = part.Sum(piece => piece.Length);
            if (row.Length > begun && row.Length + 1 + whole > Width)
            {
                yield return row.ToString().TrimEnd();
                row.Clear().Append(indent);
                begun = row.Length;
            }
            else if (row.Length > begun)
            {
                row.Append(' ');
            }

            foreach (string piece in part)
            {
                if (row.Length > begun && row.Length + piece.TrimEnd().Length > Width)
                {
                    yield return row.ToString().TrimEnd();
                    row.Clear().Append(indent).Append("    ");
                }

                row.Append(piece);
            }
        }

        yield return row.ToString().TrimEnd();
    }

    private void WriteWrapped(string text, string indent)
    {
        foreach (string line in TextLayout.Wrap(text, Width - indent.Length)) to.WriteLine(indent + line);
    }

    private static string Short(string name) => TextLayout.Shorten(TextLayout.OneLine(name), LongestName);
}
