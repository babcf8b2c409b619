using System.Text;
using System.Text.Json;

namespace Recurant.Training;

/// <summary>
/// <c>run.json</c> of a checkpoint: whose run it is and where it stands. Numbers are written with as many digits as bring the
/// same bits back.
/// </summary>
internal static class RunStateJson
{
    private const int Format = 2;

    /// <summary>A thousand years.</summary>
    private const double MostSeconds = 3.2e10;

    /// <summary>What belongs to a run beside its tensors.</summary>
    public sealed record Content(
        IReadOnlyList<(string Name, string Value)> Identity, RunState State, (double Beta1, double Beta2) Powers,
        (int Steps, int Updates) Average, string Stage = LearningPlan.LastStage);

    public static string Write(Content content)
    {
        using var stream = new MemoryStream();
        JsonWriterOptions options = JsonText.Options with { Indented = true, NewLine = "\n" };
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WriteString("stage", content.Stage);
            writer.WriteStartObject("identity");
            foreach ((string name, string value) in content.Identity) writer.WriteString(name, value);
            writer.WriteEndObject();
            WriteState(writer, content.State);
            writer.WriteNumber("beta1_power", content.Powers.Beta1);
            writer.WriteNumber("beta2_power", content.Powers.Beta2);
            writer.WriteNumber("average_steps", content.Average.Steps);
            writer.WriteNumber("average_updates", content.Average.Updates);
            writer.WriteStartArray("epochs");
            foreach (EpochRecord epoch in content.State.Epochs) WriteEpoch(writer, epoch);
            writer.WriteEndArray();
            FinishedRunJson.Write(writer, content.State.Finished);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <param name="json">What <see cref="Write"/> wrote.</param>
    /// <param name="readScore">Reads the score of an epoch, as the task wrote it.</param>
    /// <exception cref="FormatException">The text is not what <see cref="Write"/> writes.</exception>
    public static Content Read(string json, Func<JsonElement, Score> readScore)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            int format = root.GetProperty("format").GetInt32();
            if (format != Format)
            {
                throw new FormatException($"it has format {format}, but this version of Recurant reads format {Format}");
            }

            var content = new Content(
                [.. root.GetProperty("identity").EnumerateObject().Select(entry => (entry.Name, entry.Value.GetString() ?? ""))],
                ReadState(root, readScore),
                (root.GetProperty("beta1_power").GetDouble(), root.GetProperty("beta2_power").GetDouble()),
                (root.GetProperty("average_steps").GetInt32(), root.GetProperty("average_updates").GetInt32()),
                root.TryGetProperty("stage", out JsonElement stage) ? stage.GetString() ?? LearningPlan.LastStage
                    : LearningPlan.LastStage);
            Require(content.Powers.Beta1 is >= 0 and <= 1 && content.Powers.Beta2 is >= 0 and <= 1, "its powers of beta");
            Require(content.Average.Steps >= 0 && content.Average.Updates >= 0, "its averages");
            return content;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"it does not describe a run ({fault.Message.TrimEnd('.')})", fault);
        }
    }

    /// <summary>The stage of the run alone.</summary>
    /// <exception cref="FormatException">The text is not what <see cref="Write"/> writes.</exception>
    public static string ReadStage(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("stage", out JsonElement stage)
                ? stage.GetString()! : LearningPlan.LastStage;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new FormatException($"it does not describe a run ({fault.Message.TrimEnd('.')})", fault);
        }
    }

    private static void WriteState(Utf8JsonWriter writer, RunState state)
    {
        writer.WriteNumber("epoch", state.Epoch);
        writer.WriteNumber("steps_in_epoch", state.StepsInEpoch);
        writer.WriteNumber("step", state.Step);
        writer.WriteNumber("loss", state.Loss);
        writer.WriteNumber("seen", state.Seen);
        writer.WriteNumber("correct", state.Correct);
        writer.WriteNumber("tokens", state.Tokens);
        writer.WriteNumber("plateau", state.Plateau);
        writer.WriteNumber("best_epoch", state.Best?.Number ?? 0);
        writer.WriteNumber("seconds", state.Seconds);
        writer.WriteNumber("seconds_in_epoch", state.SecondsInEpoch);
    }

    private static RunState ReadState(JsonElement root, Func<JsonElement, Score> readScore)
    {
        var state = new RunState
        {
            Epoch = root.GetProperty("epoch").GetInt32(),
            StepsInEpoch = root.GetProperty("steps_in_epoch").GetInt32(),
            Step = root.GetProperty("step").GetInt64(),
            Loss = root.GetProperty("loss").GetDouble(),
            Seen = root.GetProperty("seen").GetInt64(),
            Correct = root.GetProperty("correct").GetInt64(),
            Tokens = root.GetProperty("tokens").GetInt64(),
            Plateau = root.GetProperty("plateau").GetSingle(),
            Seconds = root.GetProperty("seconds").GetDouble(),
            SecondsInEpoch = root.GetProperty("seconds_in_epoch").GetDouble(),
        };
        RequireSense(state);
        state.Finished = FinishedRunJson.Read(root, readScore);
        foreach (JsonElement epoch in root.GetProperty("epochs").EnumerateArray()) state.Epochs.Add(ReadEpoch(epoch, readScore));
        Require(state.Epoch >= 1 && state.Epoch <= state.Epochs.Count + 1L, "its epochs");
        int best = root.GetProperty("best_epoch").GetInt32();
        if (best > 0)
        {
            state.Best = state.Epochs.Find(epoch => epoch.Number == best)
                ?? throw new FormatException($"the best epoch, {best}, is not among the epochs");
        }

        return state;
    }

    /// <summary>Numbers that no run has would make the one that goes on train nonsense, or without end.</summary>
    private static void RequireSense(RunState state)
    {
        Require(state.StepsInEpoch >= 0 && state.Step >= 0, "its steps");
        Require(state.Seen >= 0 && state.Tokens >= 0, "its counts"); // Correct counts down where nothing is right or wrong
        Require(state.Plateau is >= 0 and <= 1, "its plateau");
        Require(double.IsFinite(state.Loss), "its loss");
        Require(state.Seconds is >= 0 and < MostSeconds && state.SecondsInEpoch is >= 0 and < MostSeconds, "its time");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new FormatException($"{what} cannot be those of a run");
    }

    internal static void WriteEpoch(Utf8JsonWriter writer, EpochRecord epoch)
    {
        writer.WriteStartObject();
        writer.WriteNumber("epoch", epoch.Number);
        writer.WriteNumber("loss", epoch.TrainLoss);
        if (double.IsFinite(epoch.TrainAccuracy)) writer.WriteNumber("accuracy", epoch.TrainAccuracy);
        writer.WriteNumber("seconds", epoch.Seconds);
        writer.WriteStartObject("valid");
        writer.WriteNumber("loss", epoch.Validation.Loss);
        epoch.Validation.WriteMembers(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    internal static EpochRecord ReadEpoch(JsonElement epoch, Func<JsonElement, Score> readScore) => new(
        epoch.GetProperty("epoch").GetInt32(),
        epoch.GetProperty("loss").GetDouble(),
        epoch.TryGetProperty("accuracy", out JsonElement accuracy) ? accuracy.GetDouble() : double.NaN,
        readScore(epoch.GetProperty("valid")),
        epoch.GetProperty("seconds").GetDouble());
}
