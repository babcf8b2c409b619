using System.Text.Json;

namespace Recurant.Training;

/// <summary>The finished runs in <c>run.json</c>, where several models are trained one after another.</summary>
internal static class FinishedRunJson
{
    private const string Key = "finished";

    /// <summary>Writes them as a member of the present object; none if there are none.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<FinishedRun> runs)
    {
        if (runs.Count == 0) return;
        writer.WriteStartArray(Key);
        foreach (FinishedRun run in runs)
        {
            writer.WriteStartObject();
            writer.WriteNumber("best_epoch", run.Best);
            writer.WriteString("end", run.End.ToString());
            writer.WriteStartArray("epochs");
            foreach (EpochRecord epoch in run.Epochs) RunStateJson.WriteEpoch(writer, epoch);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static List<FinishedRun> Read(JsonElement root, Func<JsonElement, Score> readScore)
    {
        var runs = new List<FinishedRun>();
        if (!root.TryGetProperty(Key, out JsonElement list)) return runs;
        foreach (JsonElement run in list.EnumerateArray())
        {
            runs.Add(new FinishedRun(
                [.. run.GetProperty("epochs").EnumerateArray().Select(epoch => RunStateJson.ReadEpoch(epoch, readScore))],
                run.GetProperty("best_epoch").GetInt32(),
                Enum.TryParse(run.GetProperty("end").GetString(), out TrainingEnd end)
                    ? end
                    : throw new FormatException("it does not say how a finished run ended")));
        }

        return runs;
    }
}
