using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Recurant.Bench.Peers;

/// <summary>The measured rows as a Markdown table, or as one JSON object.</summary>
internal static class Report
{
    public static string Table(IReadOnlyDictionary<int, double> limits, IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder();
        text.AppendLine(Machine());
        text.AppendLine();
        var limitTexts = limits.Select(limit => $"{Number(limit.Value, "f0")} GFLOP/s on {Threads(limit.Key)}");
        text.AppendLine($"FMA limit: {string.Join(", ", limitTexts)}.");
        text.AppendLine();
        text.AppendLine("Median milliseconds a step, in brackets GFLOP/s. Speedup: against the fastest peer of the row.");
        text.AppendLine();
        text.AppendLine("| cell B,T,I,H,layers | mode | threads | Recurant | TorchSharp | ONNX Runtime | speedup |");
        text.AppendLine("|---|---|--:|--:|--:|--:|--:|");
        foreach (Row row in rows)
        {
            text.AppendLine(
                $"| {row.Case} | {Name(row.Mode)} | {row.Threads} | {Cell(row, Engines.Recurant)} | {Cell(row, Engines.Torch)} "
                + $"| {Cell(row, Engines.OnnxRuntime)} | {Number(row.Speedup, "f2")}{(row.Disturbed > 0 ? " *" : "")} |");
        }

        foreach (var group in rows.Where(row => row.Speedup is not null).GroupBy(row => (row.Mode, row.Threads)))
        {
            double[] speedups = [.. group.Select(row => row.Speedup!.Value)];
            text.AppendLine();
            text.AppendLine(
                $"{Name(group.Key.Mode)}, {Threads(group.Key.Threads)}: geometric mean "
                + $"{Number(Statistics.GeometricMean(speedups), "f2")}, least {Number(speedups.Min(), "f2")}.");
        }

        if (rows.Any(row => row.Disturbed > 0))
        {
            text.AppendLine();
            text.AppendLine("\\* Other programs used cores that an engine needed: not to be relied on.");
        }

        return text.ToString().TrimEnd();
    }

    public static string Json(IReadOnlyDictionary<int, double> limits, IReadOnlyList<Row> rows)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteString("machine", Machine());
            json.WriteStartObject("fma_limit_gflops");
            foreach ((int threads, double limit) in limits)
            {
                json.WriteNumber(threads.ToString(CultureInfo.InvariantCulture), Math.Round(limit, 1));
            }

            json.WriteEndObject();
            json.WriteStartArray("rows");
            foreach (Row row in rows)
            {
                Write(json, row);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
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
            + $"ONNX Runtime {Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetVersionString()}";
    }

    private static string Version(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "?";

    private static void Write(Utf8JsonWriter json, Row row)
    {
        json.WriteStartObject();
        json.WriteString("cell", row.Case.Cell);
        json.WriteNumber("batch", row.Case.Batch);
        json.WriteNumber("time", row.Case.Time);
        json.WriteNumber("input", row.Case.Input);
        json.WriteNumber("hidden", row.Case.Hidden);
        json.WriteNumber("layers", row.Case.Layers);
        json.WriteNumber("threads", row.Threads);
        json.WriteString("mode", Name(row.Mode));
        WriteRounded("recurant_ms", row.Time(Engines.Recurant));
        WriteRounded("torch_ms", row.Time(Engines.Torch));
        WriteRounded("onnxruntime_ms", row.Time(Engines.OnnxRuntime));
        WriteRounded("gflops", row.Gflops(Engines.Recurant));
        WriteRounded("speedup", row.Speedup);
        json.WriteEndObject();

        void WriteRounded(string name, double? value)
        {
            if (value is { } number)
            {
                json.WriteNumber(name, Math.Round(number, 4));
            }
            else
            {
                json.WriteNull(name);
            }
        }
    }

    private static string Cell(Row row, string engine) =>
        row.Time(engine) is null ? "-" : $"{Number(row.Time(engine), "f3")} ({Number(row.Gflops(engine), "f0")})";

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static string Threads(int count) => count == 1 ? "1 thread" : $"{count} threads";
}
