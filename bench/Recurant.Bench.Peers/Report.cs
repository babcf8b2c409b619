using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Recurant.Bench.Peers;

/// <summary>The measured rows as a Markdown table, and the words that all reports share.</summary>
internal static class Report
{
    public static string Table(Measurement measurement)
    {
        IReadOnlyList<Row> rows = measurement.Rows;
        var text = new StringBuilder();
        text.AppendLine(Machine());
        text.AppendLine();
        var limitTexts = measurement.Limits.Select(limit => $"{Number(limit.Value, "f0")} GFLOP/s on {Threads(limit.Key)}");
        text.AppendLine($"FMA limit: {string.Join(", ", limitTexts)}.");
        text.AppendLine();
        text.AppendLine(
            "Median milliseconds a step, in brackets GFLOP/s. Of limit: Recurant's GFLOP/s as a share of the FMA limit of so "
            + "many threads. 2 for 1: Recurant's time on 1 thread divided by that on 2. Round trip: microseconds between two "
            + "threads. Speedup: against the fastest peer.");
        text.AppendLine();
        text.AppendLine(
            "| cell B,T,I,H,layers | mode | threads | Recurant | TorchSharp | ONNX Runtime | of limit | 2 for 1 | round trip "
            + "| speedup |");
        text.AppendLine("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (Row row in rows)
        {
            text.AppendLine(
                $"| {row.Case} | {Name(row.Mode)} | {row.Threads} | {Cell(row, Engines.Recurant)} | {Cell(row, Engines.Torch)} "
                + $"| {Cell(row, Engines.OnnxRuntime)} | {Percent(measurement.FmaShare(row))} "
                + $"| {Number(measurement.ThreadsGain(row), "f2")} | {Number(row.RoundTrip, "f2")} "
                + $"| {Number(row.Speedup, "f2")}{Star(row.Disturbed)} |");
        }

        AppendSummary(text, measurement);
        AppendFaults(text, rows);
        AppendFootnote(text, rows.Any(row => row.Disturbed > 0));
        return text.ToString().TrimEnd();
    }

    /// <summary>A mode's name on the command line and in reports.</summary>
    public static string Name(Mode mode) => mode == Mode.Train ? "train" : "infer";

    public static Mode ToMode(string name) => name == Name(Mode.Train) ? Mode.Train : Mode.Infer;

    /// <summary>Processor, cores, widest vectors, system and runtime, in words.</summary>
    public static string Machine()
    {
        string processor = RuntimeInformation.ProcessArchitecture.ToString();
        const string CpuInfo = "/proc/cpuinfo";
        if (File.Exists(CpuInfo))
        {
            processor = File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':', 2)[1].Trim() ?? processor;
        }

        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        return $"{processor}, {Environment.ProcessorCount} cores, {bits}-bit vectors, {RuntimeInformation.OSDescription}, "
            + $"{RuntimeInformation.FrameworkDescription}, TorchSharp {Version(typeof(TorchSharp.torch))}, "
            + $"ONNX Runtime {OnnxRuntimeVersion()}";
    }

    public static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    public static string Threads(int count) => count == 1 ? "1 thread" : $"{count} threads";

    /// <summary>The mark of a row that other programs disturbed.</summary>
    public static string Star(int disturbed) => disturbed > 0 ? " *" : "";

    /// <summary>An engine's name as its makers write it.</summary>
    public static string Title(string engine) => engine switch
    {
        Engines.Recurant => "Recurant", Engines.Torch => "TorchSharp", Engines.OnnxRuntime => "ONNX Runtime", _ => engine,
    };

    /// <summary>Sums up what was not timed: how often each engine had which fault.</summary>
    public static void AppendFaults(StringBuilder text, IEnumerable<Row> rows)
    {
        Row[] all = [.. rows];
        foreach (var group in all.SelectMany(row => row.Verdict.Faults.Select(fault => (fault, row)))
            .GroupBy(each => (each.fault.Key, each.fault.Value)))
        {
            string names = string.Join("; ", group.Select(
                each => $"{each.row.Case}, {Name(each.row.Mode)}, {Threads(each.row.Threads)}"));
            string why = group.Key.Value == Verdict.WrongAnswer
                ? " (the others and the reference in double precision agree)"
                : "";
            text.AppendLine();
            text.AppendLine(
                $"{Title(group.Key.Key)}: {group.Key.Value}{why} in {group.Count()} of {all.Length} rows, without its time: "
                + $"{names}.");
        }
    }

    public static void AppendFootnote(StringBuilder text, bool anyDisturbed)
    {
        if (anyDisturbed)
        {
            text.AppendLine();
            text.AppendLine("\\* Other programs used cores that an engine needed: not to be relied on.");
        }
    }

    private static void AppendSummary(StringBuilder text, Measurement measurement)
    {
        foreach (var group in measurement.Rows.Where(row => row.Speedup is not null).GroupBy(row => (row.Mode, row.Threads)))
        {
            Append(
                text, $"{Name(group.Key.Mode)}, {Threads(group.Key.Threads)}: speedup", "f2", 1,
                group.Select(row => row.Speedup!.Value));
        }

        foreach (var group in measurement.Rows.Where(row => measurement.ThreadsGain(row) is not null).GroupBy(row => row.Mode))
        {
            Append(
                text, $"{Name(group.Key)}, B of {Measurement.BatchWorthThreads} or more: 2 threads for 1", "f2", 1,
                group.Select(row => measurement.ThreadsGain(row)!.Value));
        }

        foreach (var group in measurement.LargeRows.GroupBy(row => (row.Mode, row.Threads)))
        {
            Append(
                text,
                $"{Name(group.Key.Mode)}, {Threads(group.Key.Threads)}, GRU and LSTM with {Measurement.LargeHidden} hidden or "
                + "more: percent of the FMA limit",
                "f0", 100, group.Select(row => measurement.FmaShare(row)!.Value));
        }
    }

    private static void Append(StringBuilder text, string what, string format, double scale, IEnumerable<double> values)
    {
        double[] all = [.. values];
        text.AppendLine();
        text.AppendLine(
            $"{what}: geometric mean {Number(scale * Statistics.GeometricMean(all), format)}, "
            + $"least {Number(scale * all.Min(), format)}, {all.Length} rows.");
    }

    private static string OnnxRuntimeVersion()
    {
        try
        {
            return Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetVersionString();
        }
        catch (Exception fault) when (fault is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException)
        {
            return "not loadable";
        }
    }

    private static string Version(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "?";

    private static string Cell(Row row, string engine) =>
        row.Time(engine) is null ? row.Fault(engine) ?? "-"
            : $"{Number(row.Time(engine), "f3")} ({Number(row.Gflops(engine), "f0")})";

    private static string Percent(double? share) => share is null ? "-" : Number(100 * share, "f0") + "%";
}
