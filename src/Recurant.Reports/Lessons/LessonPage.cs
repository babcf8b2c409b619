using System.Globalization;

namespace Recurant.Reports;

/// <summary>A lesson as a page: the unrolled network, a slider through time, and every equation with its numbers.</summary>
public static class LessonPage
{
    /// <summary>Writes the page: one self-contained file.</summary>
    /// <param name="lesson">The lesson.</param>
    /// <returns>The whole page, as HTML.</returns>
    public static string Write(Lesson lesson)
    {
        ArgumentNullException.ThrowIfNull(lesson);
        var page = new HtmlPage($"Lesson: {lesson.Text}", lesson.Summary);
        page.AddStyle(Asset.Read("lesson.css"));
        page.AddScript(Asset.Read("lesson.js"));
        page.AddData("lesson-data", writer => LessonNodes.Write(writer, lesson));

        PageSection picture = page.Section("network", "The unrolled network");
        picture.Text(
            "Choose a view and move the slider through time. Hover over, tap or focus a node "
            + "to see its equation with the numbers filled in.");
        picture.Add(to => LessonPicture.Write(to, lesson));

        PageSection loss = page.Section("loss", "Before and after one step");
        loss.Facts(
        [
            ("J before", LessonNotation.Number(lesson.Loss)), ("J after the step", LessonNotation.Number(lesson.NewLoss)),
            ("change", LessonNotation.Number(lesson.NewLoss - lesson.Loss)),
            ("eta", LessonNotation.Number(lesson.LearningRate)),
            ("words", lesson.Words.Count.ToString(CultureInfo.InvariantCulture)),
        ]);
        loss.Table(Answers(lesson));
        AddPaths(page, lesson);
        AddChapter(page, lesson, "weights", "The weights", LessonPart.Weights);
        AddChapter(page, lesson, "forward", "Forward, step by step", LessonPart.Forward);
        AddChapter(page, lesson, "backward", "Backward, step by step", LessonPart.Backward);
        AddChapter(page, lesson, "expanded", "The gradient of W as a double sum", LessonPart.Expanded);
        AddChapter(page, lesson, "update", "One step of gradient descent", LessonPart.Update);
        return page.ToString();
    }

    private static TextTable Answers(Lesson lesson) => TextTable.Of(
        "The expected answers, their probabilities and losses before and after the step", Enumerable.Range(
            0, lesson.Run.Losses.Count),
        new("step", t => lesson.IsManyToMany ? $"{t + 1} {lesson.Words[t]}" : "the sentence"),
        new("expected", t => lesson.Classes[lesson.Labels[t]], IsText: true),
        new("yhat before", t => LessonNotation.Number(lesson.Run.Probabilities[t][lesson.Labels[t]])),
        new("yhat after", t => LessonNotation.Number(lesson.NewRun.Probabilities[t][lesson.Labels[t]])),
        new("J_t before", t => LessonNotation.Number(lesson.Run.Losses[t])),
        new("J_t after", t => LessonNotation.Number(lesson.NewRun.Losses[t])));

    private static void AddPaths(HtmlPage page, Lesson lesson)
    {
        PageSection section = page.Section("reach", "How far back learning reaches");
        section.Text(
            "Each cell is one term of the double sum: the norm of the part of dJ/dW that enters at step t and goes back "
            + "to step k.");
        string[] steps = [.. lesson.Words.Select((word, t) => $"{t + 1} {word}")];
        foreach (var layer in lesson.Paths.GroupBy(path => (path.Layer, path.Direction)))
        {
            double[][] values = [.. steps.Select(_ => steps.Select(_ => double.NaN).ToArray())];
            foreach (LessonPath path in layer) values[path.T - 1][path.K - 1] = path.GradientNorm;
            int[] used = [.. Enumerable.Range(0, steps.Length).Where(t => values[t].Any(double.IsFinite))];
            string name = lesson.Spec.StateRows == 1
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture, $", layer {layer.Key.Layer}{(layer.Key.Direction == 0 ? "" : " backward")}");
            section.Chart(new HeatMap
            {
                Title = $"Norms of the terms of dJ/dW{name}",
                RowName = "t, where the loss enters",
                ColumnName = "k, where W is used",
                Rows = [.. used.Select(t => steps[t])],
                Columns = steps,
                Values = [.. used.Select(t => values[t])],
            });
        }
    }

    private static void AddChapter(HtmlPage page, Lesson lesson, string id, string heading, LessonPart part)
    {
        PageSection section = page.Section(id, heading);
        if (part == LessonPart.Weights)
        {
            section.Table("The letters of the equations and the tensors of a model file; rows and units are counted from 1",
                lesson.Tensors,
                new("letter", tensor => tensor.Symbol),
                new("shape", tensor => tensor.Columns == 0 ? $"[{tensor.Rows}]"
                    : $"[{tensor.Rows},{tensor.Columns}]", IsText: true),
                new("tensor", tensor => tensor.Tensor, IsText: true),
                new("rows", tensor => $"{tensor.FirstRow} to {tensor.FirstRow + tensor.Rows - 1}", IsText: true),
                new("meaning", tensor => tensor.Meaning, IsText: true));
        }

        foreach (LessonSection one in lesson.Sections.Where(one => one.Part == part))
        {
            section.Add(to =>
            {
                to.Open("details", ("class", "step"));
                to.Element("summary", one.Title);
                foreach (string note in one.Notes) to.Element("p", note);
                bool matricesFirst = part is LessonPart.Weights or LessonPart.Forward;
                if (matricesFirst) foreach (LessonMatrix matrix in one.Matrices) Write(to, matrix);
                foreach (LessonEquation equation in one.Equations) Write(to, equation);
                if (!matricesFirst) foreach (LessonMatrix matrix in one.Matrices) Write(to, matrix);
                to.Close();
            });
        }
    }

    private static void Write(HtmlWriter to, LessonEquation equation)
    {
        to.Open("p", ("class", "formula")).Element("code", equation.Formula).Element("span", equation.Shapes).Close();
        if (equation.Note.Length > 0) to.Element("p", equation.Note, ("class", "remark"));
        to.Element("div", string.Join('\n', LessonNodes.Rows(equation)), ("class", "numbers"));
    }

    private static void Write(HtmlWriter to, LessonMatrix matrix)
    {
        string name = matrix.Heading;
        new TextTable
        {
            IsMatrix = true,
            Caption = $"{name}  [{matrix.Rows},{matrix.Columns}]{LessonNodes.LeftOut(matrix)}",
            Columns = ["", .. LessonNodes.ColumnNames(matrix)],
            Rows = [.. matrix.Shown.Select((row, i) => (IReadOnlyList<string>)
                [LessonNodes.RowName(matrix, i), .. row.Select(LessonNotation.Number)])],
        }.WriteTo(to);
    }
}
