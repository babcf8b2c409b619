using System.Text;
using System.Text.Json;

namespace Recurant.Insight;

/// <summary>
/// A step in one file: a model file (.safetensors) with the weights that the step began with, whatever numbers they hold, the
/// carried states as tensors "carried/...", where an update is to be replayed the optimiser's moments as "first/..." and
/// "second/...", and in the metadata under "step" the report and the batch as JSON. Nothing in it is executable. It is written
/// whole or not at all.
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
        foreach ((string kind, string name, float[] values) in update?.Moments ?? [])
        {
            writer.Add(MomentName(kind, name), [values.Length], values);
        }

        writer.AddMetadata(Key, JsonSerializer.Serialize(JsonOf(report, capture, update), StepContext.Texts.StepJson));
        writer.Save(path);
    }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or holds no step.</exception>
    public static (NonFiniteReport Report, StepCapture Capture, UpdateCapture? Update) Read(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(Key, out string? text))
        {
            throw new InvalidDataException(
                $"{path}: this file does not contain a recorded step (its metadata has no key '{Key}'). Give the file with the "
                + "ending .nonfinite.safetensors that 'recurant train' names when a value is not finite.");
        }

        TrainedModel model = ModelFile.Read(file, isAlone: false);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            int format = document.RootElement.GetProperty("format").GetInt32();
            if (format != Format)
            {
                throw new FormatException($"it has format {format}, but this version of Recurant reads format {Format}");
            }

            StepJson json = document.Deserialize(StepContext.Texts.StepJson)!;
            var frozen = json.Frozen.ToHashSet(StringComparer.Ordinal);
            foreach (Parameter parameter in model.Parameters) parameter.IsTrainable = !frozen.Contains(parameter.Name);
            StepCapture capture = CaptureOf(json, model, file);
            UpdateCapture? update = json.Update is { } own ? UpdateOf(own, capture, file) : null;
            return (json.Report with { Bundle = path }, capture, update);
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

    private static StepJson JsonOf(NonFiniteReport report, StepCapture capture, UpdateCapture? update) => new()
    {
        Format = Format,
        Report = report with { Bundle = null },
        Step = capture.Step,
        Dropout = new StepDropout(
            capture.Dropout.Word, capture.Dropout.Embedding, capture.Dropout.Input, capture.Dropout.Layers,
            capture.Dropout.Recurrent, capture.Dropout.Output, capture.Dropout.Seed),
        Update = update is null ? null : new StepUpdate(
            update.Kind.ToString(), update.Update.LearningRate, update.Update.WeightDecay, update.Update.Scale,
            update.Powers.Beta1, update.Powers.Beta2),
        LabelSmoothing = capture.LabelSmoothing, Samples = capture.Samples, Recompute = capture.Recompute,
        Seed = capture.Seed, Batch = capture.Batch, HasStates = capture.States is not null,
        Frozen = [.. capture.Model.Parameters.Where(parameter => !parameter.IsTrainable).Select(parameter => parameter.Name)],
        Texts = capture.Texts, Read = capture.Read, Answers = capture.Answers,
        // Half a surrogate pair is no text; the network reads it as U+FFFD, too.
        Words = capture.Forms is null ? null
            : [.. capture.Forms.Select(form => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(form.Word)))],
        Seen = capture.Forms is null ? null : [.. capture.Forms.Select(form => form.Seen)],
    };

    private static StepCapture CaptureOf(StepJson json, TrainedModel model, SafetensorsFile file) => new()
    {
        Model = model, Step = json.Step,
        Dropout = new DropoutPlan
        {
            Word = json.Dropout.Word, Embedding = json.Dropout.Embedding, Input = json.Dropout.Input,
            Layers = json.Dropout.Layers, Recurrent = json.Dropout.Recurrent, Output = json.Dropout.Output,
            Seed = json.Dropout.Seed, Step = json.Step,
        },
        LabelSmoothing = json.LabelSmoothing, Samples = json.Samples, Recompute = json.Recompute, Seed = json.Seed,
        Batch = json.Batch, Texts = json.Texts, Read = json.Read, Answers = json.Answers,
        Forms = json.Words is null ? null : [.. json.Words.Zip(json.Seen ?? [])],
        States = !json.HasStates ? null
            : [.. file.Tensors.Where(tensor => tensor.Name.StartsWith(Carried, StringComparison.Ordinal)).Select(tensor =>
                (tensor.Name[Carried.Length..], tensor.Shape.Select(length => (int)length).ToArray(),
                    file.ReadFloats(tensor.Name)))],
    };

    private static UpdateCapture UpdateOf(StepUpdate update, StepCapture capture, SafetensorsFile file)
    {
        IEnumerable<(string, string, float[])> moments =
            from parameter in capture.Model.Parameters
            from moment in (string[])["first", "second"]
            where file.TryGetTensor(MomentName(moment, parameter.Name), out _)
            select (moment, parameter.Name, file.ReadFloats(MomentName(moment, parameter.Name)));
        return new UpdateCapture
        {
            Step = capture,
            Kind = Enum.Parse<OptimizerKind>(update.Optimizer),
            Update = new WeightUpdate(
                Index: 0, (long)capture.Step, GradientNorm: 0, update.LearningRate, update.WeightDecay, update.Scale),
            Powers = (update.Beta1Power, update.Beta2Power),
            Weights = [], Moments = [.. moments],
        };
    }
}
