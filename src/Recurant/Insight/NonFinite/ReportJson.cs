using System.Globalization;
using System.Text.Json;

namespace Recurant.Insight;

/// <summary>A report as JSON; numbers that are not finite are written as strings: "NaN", "Infinity", "-Infinity".</summary>
internal static class ReportJson
{
    public static string Write(NonFiniteReport report) => JsonMembers.Object(writer =>
    {
        Write(writer, report);
        if (report.Bundle is { } bundle) writer.WriteString("bundle", bundle);
    });

    public static void Write(Utf8JsonWriter writer, NonFiniteReport report)
    {
        writer.WriteString("stage", report.Stage);
        writer.WriteNumber("epoch", report.Epoch);
        writer.WriteNumber("step", report.Step);
        writer.WriteString("what", report.What);
        WriteNumber(writer, "value", report.Value);
        writer.WriteStartObject("place");
        NumberPlace place = report.Place;
        writer.WriteString("layer", place.Layer);
        writer.WriteString("what", place.What);
        WriteNumber(writer, "value", place.Value);
        if (place.Gate is { } gate) writer.WriteString("gate", gate);
        WriteOptional(writer, "unit", place.Unit);
        WriteOptional(writer, "column", place.Column);
        WriteOptional(writer, "sample", place.Sample);
        WriteOptional(writer, "text", place.Text);
        WriteOptional(writer, "time", place.Time);
        if (place.Token is { } token) writer.WriteString("token", token);
        writer.WriteEndObject();
        writer.WriteStartObject("cause");
        writer.WriteString("name", report.Cause.Name);
        writer.WriteString("evidence", report.Cause.Evidence);
        writer.WriteStrings("advice", report.Cause.Advice);
        writer.WriteEndObject();
        writer.WriteStrings("tokens", report.Tokens);
        writer.WriteString("fingerprint", report.Fingerprint);
        writer.WriteBoolean("from_update", report.IsFromUpdate);
        writer.WriteObjects("last_steps", report.LastSteps, step =>
        {
            writer.WriteNumber("step", step.Number);
            WriteNumber(writer, "loss", step.Loss);
            WriteNumber(writer, "gradient_norm", step.GradientNorm);
            writer.WriteBoolean("clipped", step.IsClipped);
            WriteNumber(writer, "learning_rate", step.LearningRate);
            WriteNumber(writer, "largest_weight", step.LargestWeight);
        });
    }

    public static NonFiniteReport Read(JsonElement root, string path)
    {
        JsonElement place = root.GetProperty("place"), cause = root.GetProperty("cause");
        return new NonFiniteReport
        {
            Stage = root.GetProperty("stage").GetString()!,
            Epoch = root.GetProperty("epoch").GetInt32(),
            Step = root.GetProperty("step").GetInt64(),
            What = root.GetProperty("what").GetString()!,
            Value = Number(root, "value"),
            Place = new NumberPlace(
                place.GetProperty("layer").GetString()!, place.GetProperty("what").GetString()!, (float)Number(place, "value"))
            {
                Gate = place.TryGetProperty("gate", out JsonElement gate) ? gate.GetString() : null,
                Unit = Optional(place, "unit"), Column = Optional(place, "column"), Sample = Optional(place, "sample"),
                Text = Optional(place, "text"), Time = Optional(place, "time"),
                Token = place.TryGetProperty("token", out JsonElement token) ? token.GetString() : null,
            },
            Cause = new NonFiniteCause(
                cause.GetProperty("name").GetString()!, cause.GetProperty("evidence").GetString()!, Strings(cause, "advice")),
            Tokens = Strings(root, "tokens"),
            Fingerprint = root.GetProperty("fingerprint").GetString()!,
            IsFromUpdate = root.GetProperty("from_update").GetBoolean(),
            LastSteps =
            [
                .. root.GetProperty("last_steps").EnumerateArray().Select(step => new StepSizes(
                    step.GetProperty("step").GetInt64(), Number(step, "loss"), Number(step, "gradient_norm"),
                    step.GetProperty("clipped").GetBoolean(), Number(step, "learning_rate"),
                        (float)Number(step, "largest_weight"))),
            ],
            Bundle = path,
        };
    }

    public static void WriteNumber(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumber(name, value);
        else writer.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
    }

    public static double Number(JsonElement parent, string name)
    {
        JsonElement value = parent.GetProperty(name);
        return value.ValueKind == JsonValueKind.String
            ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture)
            : value.GetDouble();
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, int? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
    }

    private static int? Optional(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : null;

    private static List<string> Strings(JsonElement parent, string name) =>
        [.. parent.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];
}
