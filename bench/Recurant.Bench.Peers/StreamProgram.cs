using System.Text;

namespace Recurant.Bench.Peers;

/// <summary>A measured stream.</summary>
/// <param name="Row">The milliseconds of all its steps together.</param>
/// <param name="Bytes">Managed bytes that Recurant allocates a step; null if it was not measured.</param>
internal sealed record StreamRow(Row Row, double? Bytes)
{
    public double? Microseconds(string engine) => 1000 * Row.Time(engine) / Row.Case.Time;
}

/// <summary>One sequence, one step at a time with kept state: microseconds a step.</summary>
internal static class StreamProgram
{
    // So many different inputs; the states after each are compared, and one timed run has so many steps.
    private const int Steps = 50;

    public static IEnumerable<Case> Cases(bool quick) =>
        from hidden in quick ? new[] { 128 } : [128, 256]
        from cell in (string[])["rnn", "gru", "lstm"]
        select new Case(cell, 1, Steps, hidden, hidden, 1);

    public static int Run(Options options)
    {
        Case[] cases = [.. Cases(options.Quick).Where(shape => options.Cells.Contains(shape.Cell))];
        var rows = new List<StreamRow>();
        foreach (int threads in options.Threads)
        {
            WorkerProcess[] workers = [.. options.EngineNames.Select(engine => new WorkerProcess(engine, threads))];
            try
            {
                foreach (Case shape in cases)
                {
                    Console.Error.WriteLine($"{shape.Cell}, {shape.Hidden} hidden, threads: {threads}");
                    Verdict verdict = Rounds.Prepare(workers, Worker.Stream, shape.ToString(),
                        () => GridReference.Compute(shape, Mode.Infer, outputName: "states"), options.Inject);
                    var row = new Row(shape, threads, Mode.Infer, Rounds.Time(workers, verdict, options.Rounds), verdict);
                    double? bytes = row.Fault(Engines.Recurant) is null
                        ? (double?)Array.Find(workers, worker => worker.Engine == Engines.Recurant)?.Bytes() / Steps
                        : null;
                    rows.Add(new StreamRow(row, bytes));
                }
            }
            finally
            {
                Array.ForEach(workers, worker => worker.Dispose());
            }
        }

        Rounds.WarnOfDisturbance(rows.Count(row => row.Row.Disturbed > 0), rows.Count);
        Console.WriteLine(options.Json ? Json(rows) : Table(rows));
        return Comparison.ExitCode(rows.Select(row => row.Row));
    }

    private static string Table(List<StreamRow> rows)
    {
        var text = new StringBuilder();
        text.AppendLine(Report.Machine());
        text.AppendLine();
        text.AppendLine(
            "One sequence, one step at a time, the state kept; as many inputs as hidden units. Median microseconds a step. "
            + "Bytes: managed memory that Recurant allocates a step. Round trip: microseconds between two threads. Speedup: "
            + "against the fastest peer.");
        text.AppendLine();
        text.AppendLine(
            "| cell | hidden | threads | Recurant | TorchSharp | ONNX Runtime | bytes | round trip | against ONNX | speedup |");
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (StreamRow row in rows)
        {
            string Cell(string engine) => row.Row.Fault(engine) ?? Report.Number(row.Microseconds(engine), "f2");
            text.AppendLine(
                $"| {row.Row.Case.Cell} | {row.Row.Case.Hidden} | {row.Row.Threads} | {Cell(Engines.Recurant)} "
                + $"| {Cell(Engines.Torch)} | {Cell(Engines.OnnxRuntime)} | {Report.Number(row.Bytes, "0.##")} "
                + $"| {Report.Number(row.Row.RoundTrip, "f2")} "
                + $"| {Report.Number(row.Row.Against(Engines.OnnxRuntime), "f2")} "
                + $"| {Report.Number(row.Row.Speedup, "f2")}{Report.Star(row.Row.Disturbed)} |");
        }

        Report.AppendFaults(text, rows.Select(row => row.Row));
        Report.AppendFootnote(text, rows.Any(row => row.Row.Disturbed > 0));
        return text.ToString().TrimEnd();
    }

    private static string Json(List<StreamRow> rows) => JsonReport.Object(json =>
    {
        json.WriteString("program", "stream");
        json.WriteStartArray("rows");
        foreach (StreamRow row in rows)
        {
            json.WriteStartObject();
            json.WriteString("cell", row.Row.Case.Cell);
            json.WriteNumber("hidden", row.Row.Case.Hidden);
            json.WriteNumber("threads", row.Row.Threads);
            JsonReport.WriteRounded(json, "recurant_us", row.Microseconds(Engines.Recurant));
            JsonReport.WriteRounded(json, "torch_us", row.Microseconds(Engines.Torch));
            JsonReport.WriteRounded(json, "onnxruntime_us", row.Microseconds(Engines.OnnxRuntime));
            JsonReport.WriteRounded(json, "recurant_bytes", row.Bytes);
            JsonReport.WriteRounded(json, "round_trip_us", row.Row.RoundTrip);
            JsonReport.WriteRounded(json, "against_onnxruntime", row.Row.Against(Engines.OnnxRuntime));
            JsonReport.WriteRounded(json, "speedup", row.Row.Speedup);
            JsonReport.WriteFaults(json, row.Row.Verdict);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
