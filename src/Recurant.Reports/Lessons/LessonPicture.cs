using System.Globalization;
using Recurant.Reference;

namespace Recurant.Reports;

/// <summary>
/// Draws the unrolled network: words below, losses above, time from left to right, the backward pass in another colour.
/// </summary>
internal sealed class LessonPicture
{
    private const int ColumnWidth = 100, RowHeight = 92, Radius = 26, Margin = 52, Top = 40, LongestWord = 11;

    private readonly HtmlWriter _to;
    private readonly Lesson _lesson;

    private LessonPicture(HtmlWriter to, Lesson lesson)
    {
        (_to, _lesson) = (to, lesson);
    }

    private int Steps => _lesson.Words.Count;

    private int Rows => _lesson.Spec.StateRows;

    private int Directions => _lesson.Spec.Directions;

    private int Width => 2 * Margin + (Steps - 1) * ColumnWidth;

    private int Height => InputY + 62;

    private int InputY => StateY(0) + RowHeight;

    private int AnswerY => Top + RowHeight - 14;

    public static void Write(HtmlWriter to, Lesson lesson) => new LessonPicture(to, lesson).Write();

    private void Write()
    {
        _to.Open("figure", ("class", "chart lesson"));
        WriteControls();
        _to.Open("div", ("class", "scroll network-scroll"));
        _to.Open("svg", ("class", "network"), ("data-view", "forward"), ("style", $"--width:{N(Width)}px"),
            ("viewBox", $"0 0 {Width} {Height}"),
            ("width", N(Width)), ("height", N(Height)), ("role", "group"), ("aria-label", "The nodes of the unrolled network"));
        WriteMarkers();
        _to.Open("g", ("role", "img"), ("aria-label", Label()));
        for (int t = 0; t < Steps; t++) WriteEdges(t);
        _to.Close();
        for (int t = 0; t < Steps; t++) WriteNodes(t);
        _to.Close().Close();
        WriteLegend();
        _to.Open("div", ("class", "panel"), ("aria-live", "polite"), ("id", "lesson-panel")).Close();
        Table().WriteBehind(_to);
        _to.Close();
    }

    private void WriteControls()
    {
        _to.Open("div", ("class", "controls"));
        _to.Open("fieldset").Element("legend", "View");
        foreach ((string view, string name) in (ReadOnlySpan<(string, string)>)
            [("forward", "forward"), ("backward", "backward"), ("update", "update")])
        {
            _to.Open("label");
            if (view == "forward") _to.Void("input", ("type", "radio"), ("name", "view"), ("value", view), ("checked", ""));
            else _to.Void("input", ("type", "radio"), ("name", "view"), ("value", view));

            _to.Text(" " + name).Close();
        }

        _to.Close();
        _to.Open("div", ("class", "time"));
        _to.Element("label", "Time step", ("for", "lesson-time"));
        _to.Void(
            "input", ("type", "range"), ("id", "lesson-time"), ("min", "1"), ("max", N(Steps)), ("step", "1"), ("value", "1"));
        _to.Element("output", $"1 {_lesson.Words[0]}", ("id", "lesson-word"), ("for", "lesson-time"));
        _to.Close().Close();
    }

    private void WriteMarkers()
    {
        _to.Open("defs");
        foreach (string name in (ReadOnlySpan<string>)["ahead", "back"])
        {
            _to.Open("marker", ("id", "arrow-" + name), ("class", name), ("viewBox", "0 0 10 10"), ("refX", "9"), ("refY", "5"),
                ("markerWidth", "7"), ("markerHeight", "7"), ("orient", "auto-start-reverse"));
            _to.Open("path", ("d", "M0 0L10 5L0 10z")).Close().Close();
        }

        _to.Close();
    }

    private void WriteEdges(int t)
    {
        for (int row = 0; row < Rows; row++)
        {
            int layer = row / Directions, direction = row % Directions;
            if (layer == 0)
            {
                Edge(t, t, (X(t), InputY), (X(t), StateY(row)), "U", bend: direction * 30, direction);
            }
            else
            {
                for (int below = 0; below < Directions; below++)
                {
                    int from = (layer - 1) * Directions + below;
                    double bend = row - from == 1 ? 0 : direction == 1 ? 30 : -34;
                    string weight = below + direction == Directions - 1 ? "U" : "";
                    Edge(t, t, (X(t), StateY(from)), (X(t), StateY(row)), weight, bend, direction);
                }
            }

            int next = direction == 0 ? t + 1 : t - 1;
            if (next >= 0 && next < Steps) Edge(t, next, (X(t), StateY(row)), (X(next), StateY(row)), "W", bend: 0, direction);
            if (layer < _lesson.Spec.Layers - 1) continue;
            int answer = _lesson.IsManyToMany ? t : Steps - 1;
            bool reads = _lesson.IsManyToMany || _lesson.Spec.Pooling != ReferencePooling.Last
                || t == (direction == 0 ? Steps - 1 : 0);
            if (!reads) continue;
            double around = direction == 0 && Directions == 2 && answer == t ? -34 : 0;
            Edge(
                t, answer, (X(t), StateY(row)), (X(answer), AnswerY), answer == t
                    && direction == Directions - 1 ? "V" : "", around);
        }

        if (_lesson.IsManyToMany || t == Steps - 1) Edge(t, t, (X(t), AnswerY), (X(t), Top), "", 0);
    }

    /// <summary>An edge both ways: forward a little to one side of the line, back to the other.</summary>
    private void Edge(
        int from, int to, (double X, double Y) start, (double X, double Y) end, string weight, double bend, int direction = 0)
    {
        double dx = end.X - start.X, dy = end.Y - start.Y, length = Math.Sqrt(dx * dx + dy * dy);
        (double ux, double uy) = (dx / length, dy / length);
        (double px, double py) = (-uy, ux);
        foreach ((string side, double shift) in (ReadOnlySpan<(string, double)>)[("ahead", -4), ("back", 4)])
        {
            (double X, double Y) a = (start.X + ux * Radius + px * shift, start.Y + uy * Radius + py * shift);
            (double X, double Y) b = (end.X - ux * (Radius + 2) + px * shift, end.Y - uy * (Radius + 2) + py * shift);
            if (side == "back") (a, b) = (b, a);
            (double X, double Y) middle = ((a.X + b.X) / 2 + 2 * bend, (a.Y + b.Y) / 2);
            string path = bend == 0
                ? $"M{N(a.X)} {N(a.Y)}L{N(b.X)} {N(b.Y)}"
                : $"M{N(a.X)} {N(a.Y)}Q{N(middle.X)} {N(middle.Y)} {N(b.X)} {N(b.Y)}";
            _to.Open("path", ("class", $"edge {side}"), ("d", path), ("marker-end", $"url(#arrow-{side})"),
                ("data-from", N(from + 1)),
                ("data-to", N(to + 1)), ("data-direction", N(direction))).Close();
        }

        if (weight.Length == 0) return;
        double aside = dx != 0 ? 0 : bend < 0 ? -14 : 16;
        (double x, double y) = ((start.X + end.X) / 2 + bend + aside, (start.Y + end.Y) / 2 + (dx == 0 ? 5 : -11));
        _to.Element("text", weight, ("class", "weight"), ("x", N(x)), ("y", N(y)));
    }

    private void WriteNodes(int t)
    {
        string word = _lesson.Words[t];
        Node("x", 0, t, InputY, "x", $"input {t + 1}, {word}");
        _to.Element(
            "text", Shorten(word), ("class", "word"), ("x", N(X(t))), ("y", N(InputY + Radius + 22)), ("data-step", N(t + 1)));
        for (int row = 0; row < Rows; row++)
        {
            string layer = Rows == 1 ? "" : $", layer {row / Directions + 1}{(row % Directions == 1 ? " backward" : "")}";
            Node("h", row, t, StateY(row), "h", $"state {t + 1}, {word}{layer}");
        }

        if (!_lesson.IsManyToMany && t < Steps - 1) return;
        Node("y", 0, t, AnswerY, "yhat", _lesson.IsManyToMany ? $"answer {t + 1}, {word}" : "answer");
        Node("j", 0, t, Top, "J", _lesson.IsManyToMany ? $"loss {t + 1}, {word}" : "loss");
    }

    private void Node(string kind, int row, int t, double y, string letter, string label)
    {
        _to.Open("g", ("class", $"node {kind}"), ("tabindex", "0"), ("role", "button"), ("aria-label", label),
            ("data-key", LessonNodes.Key(kind, row, t + 1)), ("data-step", N(t + 1)),
            ("data-direction", N(kind == "h" ? row % Directions : 0)));
        _to.Open("circle", ("cx", N(X(t))), ("cy", N(y)), ("r", N(Radius))).Close();
        // As the equations write it: h_1.
        string name = _lesson.IsManyToMany || kind is "x" or "h" ? $"{letter}_{N(t + 1)}" : letter;
        _to.Element("text", name, ("class", name.Length > 4 ? "small" : ""), ("x", N(X(t))), ("y", N(y + 6)));
        _to.Close();
    }

    private void WriteLegend()
    {
        _to.Open("ul", ("class", "legend"));
        _to.Open("li", ("class", "ahead-key")).Text("forward: x \u2192 h \u2192 yhat \u2192 J").Close();
        _to.Open("li", ("class", "back-key")).Text("backward (gradients): J \u2192 yhat \u2192 h \u2192 earlier h, and U, W, V")
            .Close();
        _to.Close();
    }

    /// <summary>The numbers at the nodes.</summary>
    private TextTable Table()
    {
        int hidden = _lesson.Spec.OutputSize, shown = Math.Min(hidden, 12);
        return new TextTable
        {
            Caption = $"The states{(shown < hidden ? $" (the first {shown} of {hidden} units)" : "")}"
                + (_lesson.IsManyToMany ? ", the probability of the expected answer and the loss of each step"
                : " of the last layer"),
            Columns =
            [
                "step", .. Enumerable.Range(1, shown).Select(i => $"h[{N(i)}]"),
                .. _lesson.IsManyToMany ? ["yhat (expected)", "J_t"] : Array.Empty<string>(),
            ],
            Rows = [.. _lesson.Words.Select((word, t) => (IReadOnlyList<string>)
            [
                $"{t + 1} {word}",
                .. Enumerable.Range(0, shown).Select(i => LessonNotation.Number(_lesson.Run.Stack.Outputs[t * hidden + i])),
                .. _lesson.IsManyToMany
                    ?
                    [
                        LessonNotation.Number(_lesson.Run.Probabilities[t][_lesson.Labels[t]]),
                        LessonNotation.Number(_lesson.Run.Losses[t]),
                    ]
                    : Array.Empty<string>(),
            ])],
        };
    }

    private string Label() => string.Create(CultureInfo.InvariantCulture,
        $"The network unrolled over {Steps} words: each x goes through U into h, each h through W into the next h and through V "
        + $"into yhat, and yhat into the loss J. The gradient takes the same edges backward.");

    private static double X(int t) => Margin + t * ColumnWidth;

    /// <summary>The first layer stands lowest.</summary>
    private int StateY(int row) => AnswerY + RowHeight * (Rows - row);

    private static string Shorten(string word) => ChartText.Label(word, LongestWord);

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
