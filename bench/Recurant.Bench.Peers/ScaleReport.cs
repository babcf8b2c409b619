using System.Text;
using System.Text.Json;

namespace Recurant.Bench.Peers;

/// <summary>The scaling program's tables, JSON and curves.</summary>
internal static class ScaleReport
{
    private const double Mebibyte = 1 << 20;
    private static readonly string[] s_recurantColours = ["#14508c", "#4b9bdc"], s_torchColours = ["#a34a00", "#ea9a3e"];
    private const string RecomputeColour = "#2e7d32";

    public static string Table(Scaling scaling)
    {
        var text = new StringBuilder();
        text.AppendLine(Report.Machine());
        text.AppendLine();
        text.AppendLine(
            $"One layer of LSTM, {ScaleProgram.Hidden} inputs and {ScaleProgram.Hidden} hidden units. Median milliseconds of a "
            + "step (train: forward, backward for every weight and the input; infer: forward).");
        AppendTimes(text, $"By length, B = {ScaleProgram.Batch}", "T", scaling.ByTime, row => row.Case.Time);
        AppendTimes(text, $"By batch, T = {ScaleProgram.Time}", "B", scaling.ByBatch, row => row.Case.Batch);
        AppendMemory(text, scaling.Memory);
        Report.AppendFootnote(text, scaling.ByTime.Concat(scaling.ByBatch).Any(row => row.Disturbed > 0));
        return text.ToString().TrimEnd();
    }

    public static string Json(Scaling scaling) => JsonReport.Object(json =>
    {
        json.WriteString("program", "scale");
        WriteRows(json, "by_time", scaling.ByTime);
        WriteRows(json, "by_batch", scaling.ByBatch);
        json.WriteStartArray("memory");
        foreach (MemoryRow row in scaling.Memory)
        {
            json.WriteStartObject();
            json.WriteNumber("batch", row.Case.Batch);
            json.WriteNumber("time", row.Case.Time);
            json.WriteNumber("hidden", row.Case.Hidden);
            json.WriteBoolean("recompute", row.Case.Recompute);
            json.WriteNumber("held_bytes", row.Memory.Held);
            json.WriteNumber("first_step_bytes", row.Memory.First);
            json.WriteNumber("warm_step_bytes", row.Memory.Warm);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>The curves as files: time by T, time by B, memory by T.</summary>
    public static IEnumerable<(string Name, string Svg)> Charts(Scaling scaling)
    {
        string layer = $"one layer of LSTM, I = H = {ScaleProgram.Hidden}, ";
        if (TimePanels(scaling.ByTime, "time steps T", row => row.Case.Time) is { Length: > 0 } byTime)
        {
            yield return ("scale-time.svg", LogLogChart.Svg(
                "Time by the length of the sequences", $"{layer}B = {ScaleProgram.Batch}; milliseconds a step", byTime));
        }

        if (TimePanels(scaling.ByBatch, "batch B", row => row.Case.Batch) is { Length: > 0 } byBatch)
        {
            yield return ("scale-batch.svg", LogLogChart.Svg(
                "Time by the size of the batch", $"{layer}T = {ScaleProgram.Time}; milliseconds a step", byBatch));
        }

        if (scaling.Memory.Count > 0)
        {
            ChartLine[] lines =
            [
                .. scaling.Memory.GroupBy(row => row.Case.Recompute).Select(group => new ChartLine(
                    group.Key ? "recomputing" : "keeping all", group.Key ? RecomputeColour : s_recurantColours[0], group.Key,
                    [.. group.Select(row => ((double)row.Case.Time, row.Memory.Held / Mebibyte))])),
            ];
            yield return ("scale-memory.svg", LogLogChart.Svg(
                "Memory of a training step", $"{layer}B = {ScaleProgram.Batch}; MiB",
                [new ChartPanel("Recurant", "time steps T", lines)]));
        }
    }

    private static void AppendTimes(
        StringBuilder text, string title, string unit, IReadOnlyList<Row> rows, Func<Row, int> size)
    {
        text.AppendLine();
        text.AppendLine($"## {title}");
        text.AppendLine();
        text.AppendLine($"| {unit} | mode | threads | Recurant | us for each {unit} | TorchSharp | speedup |");
        text.AppendLine("|--:|---|--:|--:|--:|--:|--:|");
        var groups = rows.GroupBy(row => (row.Case.Recompute, row.Mode, row.Threads)).OrderBy(group => group.Key).ToList();
        foreach (Row row in groups.SelectMany(group => group))
        {
            double? time = row.Time(Engines.Recurant);
            text.AppendLine(
                $"| {Report.Number(size(row), "#,0")} | {Name(row)} | {row.Threads} | {Report.Number(time, "f3")} "
                + $"| {Report.Number(1000 * time / size(row), "f2")} | {Report.Number(row.Time(Engines.Torch), "f3")} "
                + $"| {Report.Number(row.Speedup, "f2")}{Report.Star(row.Disturbed)} |");
        }

        foreach (var group in groups)
        {
            var growths = Engines.Names.Where(name => group.Count() > 1 && group.All(row => row.Time(name) is not null)).Select(
                name => $"{name} {Report.Number(Growth(group, row => size(row), row => row.Time(name)!.Value), "f2")}");
            text.AppendLine();
            text.AppendLine(
                $"{Name(group.First())}, {Report.Threads(group.Key.Threads)}: time grows with {unit} to the power of "
                + $"{string.Join(", ", growths)} (least squares of the logarithms; 1 is linear).");
        }
    }

    private static void AppendMemory(StringBuilder text, IReadOnlyList<MemoryRow> rows)
    {
        if (rows.Count == 0) return;
        text.AppendLine();
        text.AppendLine($"## Memory of a training step, B = {ScaleProgram.Batch}");
        text.AppendLine();
        text.AppendLine(
            "Held: managed bytes alive after a step: weights, gradients, workspaces, and the engine's input, its gradient and "
            + "the output's gradient (3 floats for each B T H here; none where states are recomputed, there the engine copies a "
            + "segment at a time from data that is not counted). First step: all bytes allocated up to its end, so the peak is "
            + "between the two. Later step: bytes that one more step allocates.");
        text.AppendLine();
        text.AppendLine("| T | way | held MiB | floats for each B T H | first step MiB | later step bytes |");
        text.AppendLine("|--:|---|--:|--:|--:|--:|");
        foreach (MemoryRow row in rows)
        {
            text.AppendLine(
                $"| {Report.Number(row.Case.Time, "#,0")} | {Way(row.Case.Recompute)} "
                + $"| {Report.Number(row.Memory.Held / Mebibyte, "f1")} "
                + $"| {Report.Number(row.Memory.Held / sizeof(float) / row.Volume, "f2")} "
                + $"| {Report.Number(row.Memory.First / Mebibyte, "f1")} | {row.Memory.Warm} |");
        }

        foreach (var group in rows.GroupBy(row => row.Case.Recompute).Where(group => group.Count() > 1))
        {
            MemoryRow first = group.First(), last = group.Last();
            double slope = (last.Memory.Held - first.Memory.Held) / sizeof(float) / (last.Volume - first.Volume);
            double growth = Growth(group, row => row.Case.Time, row => row.Memory.Held);
            text.AppendLine();
            text.AppendLine(
                $"{Way(group.Key)}: between T = {Report.Number(first.Case.Time, "#,0")} and "
                + $"{Report.Number(last.Case.Time, "#,0")} each further B T H costs {Report.Number(slope, "f2")} floats; "
                + $"memory grows with T to the power of {Report.Number(growth, "f2")}.");
        }
    }

    /// <summary>The exponent p of y = c x^p by least squares of the logarithms.</summary>
    private static double Growth<T>(IEnumerable<T> rows, Func<T, double> x, Func<T, double> y)
    {
        (double X, double Y)[] points = [.. rows.Select(row => (Math.Log(x(row)), Math.Log(y(row))))];
        double meanX = points.Average(point => point.X), meanY = points.Average(point => point.Y);
        return points.Sum(point => (point.X - meanX) * (point.Y - meanY)) / points.Sum(point => Math.Pow(point.X - meanX, 2));
    }

    private static ChartPanel[] TimePanels(IReadOnlyList<Row> rows, string unit, Func<Row, int> size) =>
    [
        .. rows.GroupBy(row => row.Mode).OrderByDescending(group => group.Key)
            .Select(group => new ChartPanel(
                group.Key == Mode.Train ? "training" : "inference", unit,
                [
                    .. Lines(group, Engines.Recurant, "Recurant", s_recurantColours, dashed: false, size),
                    .. Lines(group, Engines.Torch, "TorchSharp", s_torchColours, dashed: true, size),
                ]))
            .Where(panel => panel.Lines.Count > 0),
    ];

    private static IEnumerable<ChartLine> Lines(
        IEnumerable<Row> rows, string engine, string name, string[] colours, bool dashed, Func<Row, int> size) =>
        rows.Where(row => row.Time(engine) is not null)
            .GroupBy(row => (row.Case.Recompute, row.Threads)).OrderBy(group => group.Key)
            .Select((group, i) => new ChartLine(
                $"{name}, {Report.Threads(group.Key.Threads)}{(group.Key.Recompute ? ", recomputing" : "")}",
                group.Key.Recompute ? RecomputeColour : colours[i % colours.Length], dashed || group.Key.Recompute,
                [.. group.Select(row => ((double)size(row), row.Time(engine)!.Value))]));

    private static void WriteRows(Utf8JsonWriter json, string name, IReadOnlyList<Row> rows)
    {
        json.WriteStartArray(name);
        foreach (Row row in rows)
        {
            json.WriteStartObject();
            JsonReport.WriteRow(json, row);
            json.WriteBoolean("recompute", row.Case.Recompute);
            JsonReport.WriteRounded(json, "speedup", row.Speedup);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Name(Row row) => Report.Name(row.Mode) + (row.Case.Recompute ? ", recomputing" : "");

    private static string Way(bool recompute) => recompute ? "recomputing" : "keeping all";
}
