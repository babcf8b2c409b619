using System.Text.Json;

namespace Recurant.Insight;

/// <summary>A lesson as JSON.</summary>
internal static class LessonJson
{
    public static void Write(Utf8JsonWriter writer, Lesson lesson)
    {
        writer.WriteStartObject();
        writer.WriteString("text", lesson.Text);
        writer.WriteString("network", lesson.Summary);
        writer.WriteBoolean("many_to_many", lesson.IsManyToMany);
        writer.WriteStrings("words", lesson.Words);
        writer.WriteStrings("vocabulary", lesson.Vocabulary);
        writer.WriteStrings("classes", lesson.Classes);
        List(writer, "labels", lesson.Labels, writer.WriteNumberValue);
        writer.WriteNumber("layers", lesson.Spec.Layers);
        writer.WriteNumber("directions", lesson.Spec.Directions);
        writer.WriteNumber("hidden", lesson.Spec.HiddenSize);
        writer.WriteNumber("learning_rate", lesson.LearningRate);
        writer.WriteFinite("loss", lesson.Loss);
        writer.WriteFinite("new_loss", lesson.NewLoss);
        List(writer, "losses", lesson.Run.Losses, writer.WriteFiniteValue);
        List(writer, "probabilities", lesson.Run.Probabilities, row => Numbers(writer, row));
        writer.WriteObjects("tensors", lesson.Tensors, tensor =>
        {
            writer.WriteString("symbol", tensor.Symbol);
            writer.WriteString("tensor", tensor.Tensor);
            writer.WriteNumber("first_row", tensor.FirstRow);
            writer.WriteNumber("rows", tensor.Rows);
            writer.WriteNumber("columns", tensor.Columns);
            writer.WriteString("meaning", tensor.Meaning);
        });
        writer.WriteObjects("paths", lesson.Paths, path =>
        {
            writer.WriteNumber("layer", path.Layer);
            writer.WriteNumber("direction", path.Direction);
            writer.WriteNumber("t", path.T);
            writer.WriteNumber("k", path.K);
            writer.WriteFinite("state_norm", path.StateNorm);
            writer.WriteFinite("gradient_norm", path.GradientNorm);
        });
        writer.WriteObjects("sections", lesson.Sections, section =>
        {
            writer.WriteString("part", section.Part.ToString().ToLowerInvariant());
            writer.WriteNumber("step", section.Step);
            writer.WriteNumber("layer", section.Layer);
            writer.WriteNumber("direction", section.Direction);
            writer.WriteString("title", section.Title);
            writer.WriteStrings("notes", section.Notes);
            writer.WriteObjects("equations", section.Equations, equation => Write(writer, equation));
            writer.WriteObjects("matrices", section.Matrices, matrix =>
            {
                writer.WriteString("name", matrix.Name);
                writer.WriteString("formula", matrix.Formula);
                writer.WriteNumber("rows", matrix.Rows);
                writer.WriteNumber("columns", matrix.Columns);
                writer.WriteStrings("row_names", matrix.RowNames);
                writer.WriteStrings("column_names", matrix.ColumnNames);
                writer.WriteFinite("norm", matrix.Norm);
                List(writer, "shown", matrix.Shown, row => Numbers(writer, row));
            });
        });
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, LessonEquation equation)
    {
        writer.WriteString("name", equation.Name);
        writer.WriteString("node", equation.Node);
        writer.WriteString("formula", equation.Formula);
        writer.WriteString("shapes", equation.Shapes);
        writer.WriteString("note", equation.Note);
        writer.WriteNumber("lines_left_out", equation.LinesLeftOut);
        writer.WriteObjects("lines", equation.Lines, line =>
        {
            writer.WriteString("name", line.Name);
            writer.WriteObjects("terms", line.Terms, term =>
            {
                writer.WriteString("name", term.Name);
                List(writer, "factors", term.Factors, writer.WriteFiniteValue);
                if (term.LeftOut > 0) writer.WriteNumber("left_out", term.LeftOut);
            });
            if (line.DivisorName.Length > 0)
            {
                writer.WriteString("divisor_name", line.DivisorName);
                writer.WriteFinite("divisor", line.Divisor);
            }

            writer.WriteFinite("sum", line.Sum);
            if (line.Function != LessonFunction.None) writer.WriteString("function", FunctionName(line.Function));
            writer.WriteFinite("value", line.Value);
        });
    }

    /// <summary>The name of a function as lines and JSON bear it: tanh, sigmoid, relu, exp, -ln, max.</summary>
    public static string FunctionName(LessonFunction function) => function switch
    {
        LessonFunction.None => "", LessonFunction.MinusLog => "-ln", _ => function.ToString().ToLowerInvariant(),
    };

    private static void List<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> write)
    {
        writer.WritePropertyName(name);
        List(writer, items, write);
    }

    private static void Numbers(Utf8JsonWriter writer, IEnumerable<double> values) =>
        List(writer, values, writer.WriteFiniteValue);

    private static void List<T>(Utf8JsonWriter writer, IEnumerable<T> items, Action<T> write)
    {
        writer.WriteStartArray();
        foreach (T item in items) write(item);
        writer.WriteEndArray();
    }
}
