using System.Text.Json;
using Recurant.Data;
using Recurant.Models;
using Recurant.Parameters;

namespace Recurant.Storage;

/// <summary>
/// A classifier in one .safetensors file: tensors under PyTorch's names in PyTorch's gate order, and in the metadata
/// everything else that prediction needs. The keys are described in docs/model-file.md.
/// </summary>
public static class ModelFile
{
    internal const string SpecificationKey = "recurant", VocabularyKey = "vocabulary", LabelsKey = "labels";
    internal const string TrainingKey = "training";

    /// <summary>Writes a model; an existing file is replaced only by a complete one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file, by convention with the ending <c>.safetensors</c>.</param>
    /// <exception cref="IOException">The file cannot be written; what stood there before is untouched.</exception>
    public static void Save(ClassifierModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        var writer = new SafetensorsWriter();
        writer.AddMetadata(SpecificationKey, SpecificationJson.Write(model.Spec));
        writer.AddMetadata(VocabularyKey, StringListJson.Write(model.Vocabulary.Words));
        writer.AddMetadata(LabelsKey, StringListJson.Write(model.Labels));
        if (model.TrainingRecord.Length > 0) writer.AddMetadata(TrainingKey, model.TrainingRecord);
        foreach (Parameter parameter in model.Parameters)
        {
            TensorSource source = (first, destination) =>
                parameter.Value.Slice((int)first, destination.Length).CopyTo(destination);
            if (parameter.IsStoredTransposed)
            {
                writer.AddTransposed(parameter.Name, parameter.Shape[0], parameter.Shape[1], source);
            }
            else
            {
                writer.Add(parameter.Name, [.. parameter.Shape], source);
            }
        }

        writer.Save(path);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">A file written by <see cref="Save"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, of another program or of a newer version.</exception>
    public static ClassifierModel Load(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        ClassifierModel model = TryReadWithoutTensors(file) ?? throw new InvalidDataException(
            $"{path}: this is a safetensors file of another program: its metadata has no key '{SpecificationKey}'. "
            + "'recurant inspect' shows what is in it; to predict, give a model that 'recurant train' wrote.");
        // All names and shapes before the first value: until then the model takes no memory, whatever sizes the file claims.
        foreach (Parameter parameter in model.Parameters) RequireTensor(file, parameter);
        if (file.Tensors.Count != model.Parameters.Count) RejectExtraTensor(file, model);
        foreach (Parameter parameter in model.Parameters) ReadTensor(file, parameter);
        return model;
    }

    /// <summary>Tells what a model is made of from the file's header alone; the values of its tensors are not read.</summary>
    /// <param name="file">An open safetensors file.</param>
    /// <returns>The description; null if the file is another program's.</returns>
    /// <exception cref="InvalidDataException">The metadata does not describe a model.</exception>
    public static ModelDescription? TryDescribe(SafetensorsFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return TryReadWithoutTensors(file) is not { } model ? null : new ModelDescription
        {
            Spec = model.Spec,
            Vocabulary = model.Vocabulary,
            Labels = model.Labels,
            Layers = model.Describe(),
            TrainingRecord = model.TrainingRecord,
        };
    }

    private static ClassifierModel? TryReadWithoutTensors(SafetensorsFile file)
    {
        if (!file.Metadata.ContainsKey(SpecificationKey)) return null;
        ClassifierSpec spec = Parse(file, SpecificationKey, SpecificationJson.Read);
        Vocabulary vocabulary = Parse(file, VocabularyKey, json => new Vocabulary(StringListJson.Read(json)));
        List<string> labels = Parse(file, LabelsKey, StringListJson.Read);
        RequireCount(file, VocabularyKey, vocabulary.Count, "vocabulary_size", spec.VocabularySize);
        RequireCount(file, LabelsKey, labels.Count, "classes", spec.Classes);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string label in labels)
        {
            if (!seen.Add(label)) throw Fault(file, LabelsKey, $"the label \"{label}\" stands twice.");
        }

        ClassifierModel model = Parse(file, SpecificationKey, _ => new ClassifierModel(spec, vocabulary, labels));
        model.TrainingRecord = file.Metadata.GetValueOrDefault(TrainingKey, "");
        return model;
    }

    /// <summary>What one key of the metadata says; every fault in it names the file and the key.</summary>
    private static T Parse<T>(SafetensorsFile file, string key, Func<string, T> read)
    {
        if (!file.Metadata.TryGetValue(key, out string? text)) throw Fault(file, key, "the key is missing.");
        try
        {
            return read(text);
        }
        catch (ArgumentException failure)
        {
            // The name of one of our own parameters would tell the user nothing.
            string message = failure.Message.Replace($" (Parameter '{failure.ParamName}')", "", StringComparison.Ordinal);
            throw Fault(file, key, message, failure);
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            throw Fault(file, key, failure.Message, failure);
        }
        catch (InvalidOperationException failure)
        {
            // What the reader of JSON says of half a surrogate pair.
            throw Fault(file, key, "a text in it is not valid Unicode.", failure);
        }
    }

    private static void RequireCount(SafetensorsFile file, string key, int count, string property, int expected)
    {
        if (count != expected)
        {
            throw Fault(file, key, $"it has {count} entries, but \"{property}\" in '{SpecificationKey}' is {expected}.");
        }
    }

    private static InvalidDataException Fault(SafetensorsFile file, string key, string fault, Exception? cause = null) =>
        new($"{file.FilePath}: metadata '{key}': {fault} Copy the file again or train anew.", cause);

    private static void RequireTensor(SafetensorsFile file, Parameter parameter)
    {
        int[] expected = parameter.IsStoredTransposed ? [.. parameter.Shape.Reverse()] : [.. parameter.Shape];
        if (!file.TryGetTensor(parameter.Name, out TensorInfo? tensor))
        {
            throw new InvalidDataException(
                $"{file.FilePath}: the tensor '{parameter.Name}' [{string.Join(", ", expected)}] is missing. "
                + "Copy the file again or train anew.");
        }

        if (!tensor.Shape.SequenceEqual(expected.Select(extent => (long)extent)))
        {
            throw new InvalidDataException(
                $"{file.FilePath}: tensor '{parameter.Name}' has the shape [{string.Join(", ", tensor.Shape)}], "
                + $"but the specification says [{string.Join(", ", expected)}]. Copy the file again or train anew.");
        }
    }

    private static void ReadTensor(SafetensorsFile file, Parameter parameter)
    {
        if (parameter.IsStoredTransposed)
        {
            file.ReadFloatsTransposed(parameter.Name, parameter.Value);
        }
        else
        {
            file.ReadFloats(parameter.Name, parameter.Value);
        }

        int bad = parameter.Value.IndexOfAnyExceptFinite();
        if (bad >= 0)
        {
            throw new InvalidDataException(
                $"{file.FilePath}: tensor '{parameter.Name}' holds {parameter.Value[bad]} at element {bad}; "
                + "weights must be finite numbers. "
                + "The training that made the file went wrong, or the file is damaged: train anew.");
        }

        parameter.MarkChanged();
    }

    private static void RejectExtraTensor(SafetensorsFile file, ClassifierModel model)
    {
        var known = new HashSet<string>(model.Parameters.Select(parameter => parameter.Name), StringComparer.Ordinal);
        TensorInfo extra = file.Tensors.First(tensor => !known.Contains(tensor.Name));
        throw new InvalidDataException(
            $"{file.FilePath}: the tensor '{extra.Name}' does not belong to the model that the metadata describes. "
            + "Copy the file again or train anew.");
    }

    private static int IndexOfAnyExceptFinite(this Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) return i;
        }

        return -1;
    }
}
