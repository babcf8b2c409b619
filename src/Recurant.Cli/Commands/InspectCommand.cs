using System.Text.Json;

namespace Recurant.Cli;

/// <summary><c>recurant inspect</c>: what is in a safetensors file; the tensors' values are not read.</summary>
internal sealed class InspectCommand() : CliCommand("inspect", "FILE",
    "Show the contents of a safetensors file without loading its tensors; for a model of this program also its layers "
    + "and equations.")
{
    private const int LabelsShown = 12, LongestMetadata = 200;

    public override IReadOnlyList<string> Examples => ["inspect reviews.safetensors", "inspect reviews.safetensors --json"];

    public override int Run(Invocation call)
    {
        using SafetensorsFile file = SafetensorsFile.Open(call.Arguments[0]);
        ModelDescription? model = ModelFile.TryDescribe(file);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(Json(file, model));
            return ExitCode.Done;
        }

        if (model is not null) WriteModel(call.Terminal, model);
        WriteTensors(call.Terminal, file);
        if (model is null) WriteMetadata(call.Terminal, file);
        return ExitCode.Done;
    }

    private static void WriteModel(UserTerminal terminal, ModelDescription model)
    {
        TextWriter to = terminal.Out;
        terminal.WriteText(model.Summary);
        string more = model.Labels.Count > LabelsShown ? $" and {model.Labels.Count - LabelsShown} more" : "";
        if (model.Labels.Count > 0)
        {
            terminal.WriteText($"labels: {string.Join(", ", model.Labels.Take(LabelsShown).Select(TextLayout.OneLine))}{more}");
        }

        terminal.WriteText(model.Tokens > 0 ? $"knows {Numbers.Count(model.Tokens)} {model.Reading}" : $"reads {model.Reading}");
        if (model.TrainingRecord.Length > 0) terminal.WriteText($"training: {TextLayout.OneLine(model.TrainingRecord)}");
        to.WriteLine();
        foreach (LayerDescription layer in model.Layers)
        {
            terminal.WriteText($"{layer.Name}  {layer.Shape}  {Numbers.Count(layer.ParameterCount)} parameters");
            foreach (string equation in layer.Equations) terminal.WriteText(equation, indent: "    ");
        }

        to.WriteLine();
    }

    private static void WriteTensors(UserTerminal terminal, SafetensorsFile file)
    {
        var rows = new List<string[]> { new[] { "tensor", "type", "shape", "elements" } };
        foreach (TensorInfo tensor in file.Tensors)
        {
            rows.Add([TextLayout.OneLine(tensor.Name), tensor.DType, $"[{string.Join(", ", tensor.Shape)}]",
                Numbers.Count(tensor.ElementCount)]);
        }

        rows.Add([$"{file.Tensors.Count} in all", "", "",
            Numbers.Count(file.Tensors.Sum(tensor => (double)tensor.ElementCount))]);
        terminal.WriteTable(rows, left: [1, 2]);
    }

    private static void WriteMetadata(UserTerminal terminal, SafetensorsFile file)
    {
        if (file.Metadata.Count == 0) return;
        terminal.Out.WriteLine();
        foreach ((string key, string value) in file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            terminal.WriteText(
                $"{TextLayout.OneLine(key)}: {TextLayout.Shorten(TextLayout.OneLine(value), LongestMetadata)}");
        }
    }

    private static string Json(SafetensorsFile file, ModelDescription? model) => JsonText.Object(writer =>
    {
        writer.WriteString("file", file.FilePath);
        writer.WriteObjects("tensors", file.Tensors, tensor =>
        {
            writer.Write(("name", tensor.Name), ("dtype", tensor.DType));
            writer.WriteStartArray("shape");
            foreach (long extent in tensor.Shape) writer.WriteNumberValue(extent);
            writer.WriteEndArray();
            writer.WriteNumber("elements", tensor.ElementCount);
        });
        if (model is null)
        {
            writer.WriteObject("metadata", members =>
            {
                foreach ((string key, string value) in file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    members.WriteString(key, value);
                }
            });
        }
        else
        {
            writer.WriteObject("model", members => WriteModel(members, model));
        }
    });

    private static void WriteModel(Utf8JsonWriter writer, ModelDescription model)
    {
        writer.Write(("task", model.Task), ("description", model.Summary),
            ("parameters", model.Layers.Sum(layer => layer.ParameterCount)), ("words", model.Tokens));
        writer.WriteStrings("labels", model.Labels);
        writer.WriteObjects("layers", model.Layers, layer =>
        {
            writer.Write(("name", layer.Name), ("shape", layer.Shape), ("parameters", layer.ParameterCount));
            writer.WriteStrings("equations", layer.Equations);
            writer.WriteStrings("tensors", layer.Tensors);
        });
        if (model.TrainingRecord.Length == 0) return;
        writer.WritePropertyName("training");
        writer.WriteRawValue(model.TrainingRecord);
    }
}
