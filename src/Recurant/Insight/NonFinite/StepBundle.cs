using System.Text;
using System.Text.Json;

namespace Recurant.Insight;

/// <summary>
/// A step in one file: a model file (.safetensors) with the weights that the step began with, whatever numbers they hold, the
/// carried states as tensors "carried/...", where an update is to be replayed the optimiser's moments as "first/..." and
/// "second/...", and in the metadata under "step" the report and the batch as JSON. Nothing in it is
/// executable. It is written whole or not at all.
/// </summary>
internal static class StepBundle
{
    public const string Key = "step";
    private const string Carried = "carried/";
    private const int Format = 1;

    public static void Write(string path, NonFiniteReport report, StepCapture capture, UpdateCapture? update = null)
    {
        var writer = new SafetensorsWriter();
        ModelFile.Add(capture.Model, writer);
        foreach ((string name, int[] shape, float[] values) in capture.States ?? []) writer.Add(Carried + name, shape, values);
        foreach ((string kind, string name, float[] values) in update?.Moments ?? []) writer.Add(MomentName(kind, name),
            [values.Length], values);
        writer.AddMetadata(Key, Json(report, capture, update));
        writer.Save(path);
    }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or holds no step.</exception>
    public static (NonFiniteReport Report, StepCapture Capture, UpdateCapture? Update) Read(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(Key, out string? json))
        {
            throw new InvalidDataException(
                $"{path}: this file does not contain a recorded step (its metadata has no key '{Key}'). Give the file with the ending "
                + ".nonfinite.safetensors that 'recurant train' names when a value is not finite.");
        }

        TrainedModel model = ModelFile.Read(file, isAlone: false);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            int format = root.GetProperty("format").GetInt32();
            if (format != Format)
            {
                throw new FormatException($"it has format {format}, but this version of Recurant reads format {Format}");
            }

            var frozen = Strings(root, "frozen").ToHashSet(StringComparer.Ordinal);
            foreach (Parameter parameter in model.Parameters) parameter.IsTrainable = !frozen.Contains(parameter.Name);
            StepCapture capture = Capture(root, model, file);
            return (ReportJson.Read(root.GetProperty("report"), path), capture, Update(root, capture, file));
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException(
                $"{path}: metadata '{Key}' does not describe a step ({MessageText.Bounded(fault.Message.TrimEnd('.'))}). "
                + "Copy the file again.", fault);
        }
    }

    private static string MomentName(string kind, string name) => $"{kind}/{name}";

    private static UpdateCapture? Update(JsonElement root, StepCapture capture, SafetensorsFile file)
    {
        if (!root.TryGetProperty("update", out JsonElement update)) return null;
        var kind = Enum.Parse<OptimizerKind>(update.GetProperty("optimizer").GetString()!);
        IEnumerable<(string, string, float[])> moments =
            from parameter in capture.Model.Parameters
            from moment in (string[])["first", "second"]
            where file.TryGetTensor(MomentName(moment, parameter.Name), out _)
            select (moment, parameter.Name, file.ReadFloats(MomentName(moment, parameter.Name)));
        return new UpdateCapture
        {
            Step = capture,
            Kind = kind,
            Update = new WeightUpdate(
                Index: 0, (long)capture.Step, GradientNorm: 0, update.GetProperty("learning_rate").GetSingle(),
                update.GetProperty("weight_decay").GetSingle(), update.GetProperty("scale").GetSingle()),
            Powers = (update.GetProperty("beta1_power").GetDouble(), update.GetProperty("beta2_power").GetDouble()),
            Weights = [],
            Moments = [.. moments],
        };
    }

    private static string Json(NonFiniteReport report, StepCapture capture, UpdateCapture? update) => JsonMembers.Object(writer =>
    {
        writer.WriteNumber("format", Format);
        writer.WriteStartObject("report");
        ReportJson.Write(writer, report);
        writer.WriteEndObject();
        writer.WriteNumber("step", capture.Step);
        writer.WriteStartObject("dropout");
        DropoutPlan dropout = capture.Dropout;
        writer.WriteNumber("word", dropout.Word);
        writer.WriteNumber("embedding", dropout.Embedding);
        writer.WriteNumber("input", dropout.Input);
        writer.WriteNumber("layers", dropout.Layers);
        writer.WriteNumber("recurrent", dropout.Recurrent);
        writer.WriteNumber("output", dropout.Output);
        writer.WriteNumber("seed", dropout.Seed);
        writer.WriteEndObject();
        if (update is not null)
        {
            writer.WriteStartObject("update");
            writer.WriteString("optimizer", update.Kind.ToString());
            writer.WriteNumber("learning_rate", update.Update.LearningRate);
            writer.WriteNumber("weight_decay", update.Update.WeightDecay);
            writer.WriteNumber("scale", update.Update.Scale);
            writer.WriteNumber("beta1_power", update.Powers.Beta1);
            writer.WriteNumber("beta2_power", update.Powers.Beta2);
            writer.WriteEndObject();
        }

        writer.WriteNumber("label_smoothing", capture.LabelSmoothing);
        writer.WriteNumber("samples", capture.Samples);
        writer.WriteBoolean("recompute", capture.Recompute);
        writer.WriteNumber("seed", capture.Seed);
        writer.WriteNumber("batch", capture.Batch);
        writer.WriteBoolean("has_states", capture.States is not null);
        writer.WriteStartArray("frozen");
        foreach (Parameter parameter in capture.Model.Parameters)
        {
            if (!parameter.IsTrainable) writer.WriteStringValue(parameter.Name);
        }

        writer.WriteEndArray();
        WriteNumbers(writer, "texts", capture.Texts);
        WriteRows(writer, "read", capture.Read);
        WriteRows(writer, "answers", capture.Answers);
        if (capture.Forms is { } forms)
        {
            writer.WriteStartArray("words");
            foreach ((string word, _) in forms) writer.WriteStringValue(Whole(word));
            writer.WriteEndArray();
            WriteNumbers(writer, "seen", [.. forms.Select(form => form.Seen)]);
        }
    });

    /// <summary>Half a surrogate pair is no text; the network reads it as U+FFFD, too.</summary>
    private static string Whole(string word)
    {
        var text = new StringBuilder(word.Length);
        foreach (Rune rune in word.EnumerateRunes()) text.Append(rune.ToString());
        return text.ToString();
    }

    private static StepCapture Capture(JsonElement root, TrainedModel model, SafetensorsFile file)
    {
        JsonElement dropout = root.GetProperty("dropout");
        ulong step = root.GetProperty("step").GetUInt64();
        float Rate(string name) => dropout.GetProperty(name).GetSingle();
        return new StepCapture
        {
            Model = model,
            Step = step,
            Dropout = new DropoutPlan
            {
                Word = Rate("word"), Embedding = Rate("embedding"), Input = Rate("input"), Layers = Rate("layers"),
                Recurrent = Rate("recurrent"), Output = Rate("output"), Seed = dropout.GetProperty("seed").GetUInt64(),
                    Step = step,
            },
            LabelSmoothing = root.GetProperty("label_smoothing").GetSingle(),
            Samples = root.GetProperty("samples").GetInt32(),
            Recompute = root.GetProperty("recompute").GetBoolean(),
            Seed = root.GetProperty("seed").GetUInt64(),
            Batch = root.GetProperty("batch").GetInt32(),
            Texts = Numbers(root.GetProperty("texts")),
            Read = [.. root.GetProperty("read").EnumerateArray().Select(Numbers)],
            Answers = [.. root.GetProperty("answers").EnumerateArray().Select(Numbers)],
            Forms = root.TryGetProperty("words", out _)
                ? [.. Strings(root, "words").Zip(Numbers(root.GetProperty("seen")))]
                : null,
            States = root.GetProperty("has_states").GetBoolean()
                ? [.. file.Tensors.Where(tensor => tensor.Name.StartsWith(Carried, StringComparison.Ordinal)).Select(tensor =>
                    (tensor.Name[Carried.Length..], tensor.Shape.Select(length => (int)length).ToArray(),
                        file.ReadFloats(tensor.Name)))]
                : null,
        };
    }

    private static void WriteRows(Utf8JsonWriter writer, string name, IReadOnlyList<int[]> rows)
    {
        writer.WriteStartArray(name);
        foreach (int[] row in rows)
        {
            writer.WriteStartArray();
            foreach (int number in row) writer.WriteNumberValue(number);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, IReadOnlyList<int> numbers)
    {
        writer.WriteStartArray(name);
        foreach (int number in numbers) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt32())];

    private static IEnumerable<string> Strings(JsonElement root, string name) =>
        root.GetProperty(name).EnumerateArray().Select(text => text.GetString()!);
}
