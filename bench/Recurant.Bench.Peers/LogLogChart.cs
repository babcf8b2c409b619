using System.Globalization;
using System.Security;
using System.Text;

namespace Recurant.Bench.Peers;

/// <summary>A line of a chart; x rises.</summary>
internal sealed record ChartLine(string Name, string Colour, bool Dashed, IReadOnlyList<(double X, double Y)> Points);

/// <summary>One pair of axes, both logarithmic.</summary>
internal sealed record ChartPanel(string Title, string XName, IReadOnlyList<ChartLine> Lines);

/// <summary>
/// Draws panels side by side as an SVG picture. In each a dotted line shows what linear growth would look like, drawn
/// through the last point of the first line.
/// </summary>
internal sealed class LogLogChart
{
    private const double PanelWidth = 630, PlotWidth = 340, PlotHeight = 300;
    private const double Left = 62, Top = 78, Bottom = 52, LabelHeight = 15, LabelGap = 8;
    private const string Ink = "#333333", Faint = "#e3e3e3", Reference = "#8a8a8a";

    private readonly StringBuilder _svg = new();

    private LogLogChart(string title, string subtitle, IReadOnlyList<ChartPanel> panels)
    {
        double width = panels.Count * PanelWidth, height = Top + PlotHeight + Bottom;
        Add($"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}' ");
        Add($"font-family='sans-serif' font-size='12' fill='{Ink}'>\n");
        Add($"<rect width='{width}' height='{height}' fill='white'/>\n");
        Text(Left, 24, title, "font-size='16' font-weight='bold'");
        Text(Left, 43, subtitle, "");
        for (int i = 0; i < panels.Count; i++) new Plot(this, panels[i], Left + i * PanelWidth).Draw();
        Add($"</svg>\n");
    }

    public static string Svg(string title, string subtitle, params IReadOnlyList<ChartPanel> panels) =>
        new LogLogChart(title, subtitle, panels)._svg.ToString();

    private void Add(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture).Replace('\'', '"'));

    private void Text(double x, double y, string text, string attributes) =>
        Add($"<text x='{x:0.#}' y='{y:0.#}' {attributes}>{SecurityElement.Escape(text)}</text>\n");

    /// <summary>One panel at its place.</summary>
    private sealed class Plot
    {
        private readonly LogLogChart _chart;
        private readonly ChartPanel _panel;
        private readonly double _left, _leastX, _mostX, _leastY, _mostY;
        private readonly double[] _ticksX, _ticksY;

        public Plot(LogLogChart chart, ChartPanel panel, double left)
        {
            (_chart, _panel, _left) = (chart, panel, left);
            (double X, double Y)[] points = [.. panel.Lines.SelectMany(line => line.Points)];
            _ticksX = [.. points.Select(point => point.X).Distinct().Order()];
            (_leastX, _mostX) = (_ticksX[0], _ticksX[^1]);
            _ticksY = RoundSteps(points.Min(point => point.Y), points.Max(point => point.Y));
            (_leastY, _mostY) = (_ticksY[0], _ticksY[^1]);
        }

        public void Draw()
        {
            _chart.Text(_left, Top - 12, _panel.Title, "font-weight='bold'");
            foreach (double y in _ticksY)
            {
                _chart.Add($"<path d='M{_left} {Y(y):0.#}h{PlotWidth}' stroke='{Faint}'/>\n");
                _chart.Text(_left - 6, Y(y) + 4, y.ToString("#,0.######", CultureInfo.InvariantCulture), "text-anchor='end'");
            }

            for (int i = 0; i < _ticksX.Length; i++)
            {
                _chart.Add($"<path d='M{X(_ticksX[i]):0.#} {Top}v{PlotHeight}' stroke='{Faint}'/>\n");
                _chart.Text(
                    X(_ticksX[i]), Top + PlotHeight + 18, _ticksX[i].ToString("#,0", CultureInfo.InvariantCulture),
                    "text-anchor='middle' font-size='11'");
            }

            _chart.Text(_left + PlotWidth / 2, Top + PlotHeight + 38, _panel.XName, "text-anchor='middle'");
            DrawReference();
            foreach (ChartLine line in _panel.Lines) DrawLine(line);
            DrawLabels();
        }

        private void DrawReference()
        {
            (double X, double Y) end = _panel.Lines[0].Points[^1];
            // It begins where linear growth would cross the lower or the left edge.
            double x = Math.Max(_leastX, end.X * _leastY / end.Y);
            _chart.Add($"<path d='M{X(x):0.#} {Y(end.Y * x / end.X):0.#}L{X(end.X):0.#} {Y(end.Y):0.#}' ");
            _chart.Add($"stroke='{Reference}' stroke-dasharray='1 4' stroke-linecap='round' stroke-width='1.6' fill='none'/>\n");
        }

        private void DrawLine(ChartLine line)
        {
            string path = string.Join('L', line.Points.Select(point => Place(point)));
            string dashes = line.Dashed ? " stroke-dasharray='6 4'" : "";
            _chart.Add($"<path d='M{path}' stroke='{line.Colour}' stroke-width='2' fill='none'{dashes}/>\n");
            foreach ((double x, double y) in line.Points)
            {
                _chart.Add($"<circle cx='{X(x):0.#}' cy='{Y(y):0.#}' r='2.6' fill='{line.Colour}'/>\n");
            }
        }

        /// <summary>Names beside the ends of the lines, pushed apart where lines end close together.</summary>
        private void DrawLabels()
        {
            double free = double.NegativeInfinity;
            foreach (ChartLine line in _panel.Lines.OrderBy(line => Y(line.Points[^1].Y)))
            {
                double y = Math.Max(Y(line.Points[^1].Y) + 4, free);
                free = y + LabelHeight;
                _chart.Text(_left + PlotWidth + LabelGap, y, line.Name, $"fill='{line.Colour}'");
            }

            _chart.Text(
                _left + PlotWidth - LabelGap, Top + PlotHeight - LabelGap, "dotted: linear",
                $"text-anchor='end' fill='{Reference}' font-size='11'");
        }

        private string Place((double X, double Y) point) =>
            string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.#} {Y(point.Y):0.#}");

        private double X(double x) => _left + PlotWidth * Share(x, _leastX, _mostX);

        private double Y(double y) => Top + PlotHeight * (1 - Share(y, _leastY, _mostY));

        private static double Share(double value, double least, double most) => Math.Log(value / least) / Math.Log(most / least);

        /// <summary>1, 2, 5, 10, ... from below the least to above the most; only 1, 10, 100, ... over a long way.</summary>
        private static double[] RoundSteps(double least, double most)
        {
            int[] leading = most / least > 1000 ? [1] : [1, 2, 5];
            double[] all =
            [
                .. Enumerable.Range(-9, 24).SelectMany(power => leading.Select(digit => digit * Math.Pow(10, power))),
            ];
            int first = Array.FindLastIndex(all, step => step <= least), last = Array.FindIndex(all, step => step >= most);
            return all[first..(Math.Max(last, first + 1) + 1)];
        }
    }
}
