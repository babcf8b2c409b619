using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Recurant.Bench.Peers;

/// <summary>Measurements as one JSON object.</summary>
internal static class JsonReport
{
    public static string Of(Measurement measurement) => Object(json =>
    {
        json.WriteStartObject("fma_limit_gflops");
        foreach ((int threads, double limit) in measurement.Limits)
        {
            json.WriteNumber(threads.ToString(CultureInfo.InvariantCulture), Math.Round(limit, 1));
        }

        json.WriteEndObject();
        json.WriteStartArray("rows");
        foreach (Row row in measurement.Rows)
        {
            json.WriteStartObject();
            WriteRow(json, row);
            WriteRounded(json, "gflops", row.Gflops(Engines.Recurant));
            WriteRounded(json, "speedup", row.Speedup);
            WriteRounded(json, "fma_share", measurement.FmaShare(row));
            WriteRounded(json, "round_trip_us", row.RoundTrip);
            WriteRounded(json, "threads_gain", measurement.ThreadsGain(row));
            WriteFaults(json, row.Verdict);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>One object on one line that begins with the machine.</summary>
    public static string Object(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteString("machine", Report.Machine());
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>What was measured and every engine's milliseconds.</summary>
    public static void WriteRow(Utf8JsonWriter json, Row row)
    {
        json.WriteString("cell", row.Case.Cell);
        json.WriteNumber("batch", row.Case.Batch);
        json.WriteNumber("time", row.Case.Time);
        json.WriteNumber("input", row.Case.Input);
        json.WriteNumber("hidden", row.Case.Hidden);
        json.WriteNumber("layers", row.Case.Layers);
        json.WriteNumber("threads", row.Threads);
        json.WriteString("mode", Report.Name(row.Mode));
        WriteRounded(json, "recurant_ms", row.Time(Engines.Recurant));
        WriteRounded(json, "torch_ms", row.Time(Engines.Torch));
        WriteRounded(json, "onnxruntime_ms", row.Time(Engines.OnnxRuntime));
    }

    /// <summary>Why engines were not timed, where there is a reason.</summary>
    public static void WriteFaults(Utf8JsonWriter json, Verdict verdict)
    {
        if (verdict.Faults.Count == 0) return;
        json.WriteStartObject("faults");
        foreach ((string engine, string fault) in verdict.Faults) json.WriteString(engine, fault);
        json.WriteEndObject();
    }

    public static void WriteRounded(Utf8JsonWriter json, string name, double? value)
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
