using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Recurant.Models;

/// <summary>How the models of one task stand in the metadata of a model file; their tensors are written alike for all.</summary>
internal abstract class ModelFormat
{
    /// <summary>Every kind of model that this version knows.</summary>
    public static IReadOnlyList<ModelFormat> All { get; } =
        [new ClassifierFormat(), new TaggerFormat(), new LanguageModelFormat(), new TranslatorFormat(),
            new CaptionerFormat(), new SequenceFormat(), new ForecasterFormat(),
            new SeriesFormat(), new NotesFormat(), new SpeechFormat()];

    /// <summary>The format of a task's models; null if there is no such task.</summary>
    public static ModelFormat? Of(string task) => All.FirstOrDefault(format => format.Task == task);

    /// <summary>The format of a model.</summary>
    public static ModelFormat Of(TrainedModel model) => Of(model.Format)!;

    /// <summary>The name in the specification: the task's, such as "classify", or that of a kind of its models.</summary>
    public abstract string Task { get; }

    /// <summary>Adds everything that prediction needs beside the tensors.</summary>
    public abstract void WriteMetadata(TrainedModel model, IDictionary<string, string> metadata);

    /// <summary>Makes the model that the metadata describes; its tensors take no memory yet.</summary>
    /// <exception cref="InvalidDataException">The metadata does not describe a model.</exception>
    public abstract TrainedModel Read(ModelMetadata metadata);

    /// <summary>What <see cref="ModelFile.TryDescribe"/> says of a model.</summary>
    public abstract ModelDescription Describe(TrainedModel model);
}

/// <summary>The format of one kind of model: its specification, and lists of words beside it.</summary>
/// <param name="task">The task's name.</param>
/// <param name="type">How the specification is written.</param>
internal abstract class ModelFormat<TModel,
    TSpec>(string task, JsonTypeInfo<TSpec> type) : ModelFormat where TModel : TrainedModel
{
    public sealed override string Task => task;

    public sealed override void WriteMetadata(TrainedModel model, IDictionary<string, string> metadata)
    {
        var own = (TModel)model;
        metadata[ModelMetadata.SpecificationKey] = SpecificationText.Write(task, SpecOf(own), type);
        WriteLists(own, metadata);
    }

    public sealed override TrainedModel Read(ModelMetadata metadata)
    {
        TSpec spec = metadata.Parse(ModelMetadata.SpecificationKey, json => SpecificationText.Read(json, type));
        // Faults of the lists name their own keys; what two of them contradict is a fault of the specification.
        return metadata.Parse(ModelMetadata.SpecificationKey, _ => Make(spec, metadata));
    }

    public sealed override ModelDescription Describe(TrainedModel model)
    {
        var own = (TModel)model;
        (int tokens, string reading, IReadOnlyList<string> labels) = About(own);
        return new ModelDescription
        {
            Task = model.Task, Summary = model.Summary, Tokens = tokens, Reading = reading, Labels = labels,
            Layers = model.Describe(), TrainingRecord = model.TrainingRecord,
        };
    }

    /// <summary>The specification of a model.</summary>
    protected abstract TSpec SpecOf(TModel model);

    /// <summary>Adds the lists. Default: none.</summary>
    protected virtual void WriteLists(TModel model, IDictionary<string, string> metadata)
    {
    }

    /// <summary>Reads the lists and makes the model.</summary>
    protected abstract TModel Make(TSpec spec, ModelMetadata metadata);

    /// <summary>How many tokens the model knows, how it reads its input, and its labels.</summary>
    protected abstract (int Tokens, string Reading, IReadOnlyList<string> Labels) About(TModel model);

    /// <summary>How capitals are read.</summary>
    protected static string Capitals(bool lowercase) => lowercase ? "in small letters" : "as they are";
}

/// <summary>The metadata of a model file; every fault found in it names the file and the key.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="metadata">The texts by their keys.</param>
internal sealed class ModelMetadata(string path, IReadOnlyDictionary<string, string> metadata)
{
    public const string SpecificationKey = "recurant", VocabularyKey = "vocabulary", LabelsKey = "labels",
        TrainingKey = "training", CharactersKey = "characters";

    /// <summary>The training record; empty if there is none.</summary>
    /// <exception cref="InvalidDataException">It is no JSON.</exception>
    public string TrainingRecord => !Has(TrainingKey) ? "" : Parse(TrainingKey, json =>
    {
        // Those who show it put it into JSON of their own.
        using JsonDocument parsed = JsonDocument.Parse(json);
        return parsed.RootElement.ValueKind == JsonValueKind.Object ? json : throw new FormatException("it is no JSON object.");
    });

    /// <summary>Whether a key is there.</summary>
    public bool Has(string key) => metadata.ContainsKey(key);

    /// <summary>The task that the specification names; null if the file is another program's.</summary>
    public string? Task() => Has(SpecificationKey) ? Parse(SpecificationKey, SpecificationText.TaskOf) : null;

    /// <summary>The words of a key, as many as the specification says.</summary>
    public Vocabulary Words(string key, string property, int expected, int added = 0)
    {
        Vocabulary words = Parse(key, json => new Vocabulary(StringListJson.Read(json)));
        RequireCount(key, words.Count + added, property, expected);
        return words;
    }

    /// <summary>The strings of a key.</summary>
    public List<string> Strings(string key) => Parse(key, StringListJson.Read);

    /// <summary>The strings of a key, each of which must occur once.</summary>
    public List<string> DistinctStrings(string key, string kind)
    {
        List<string> strings = Strings(key);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string text in strings)
        {
            if (!seen.Add(text)) throw Fault(key, $"the {kind} \"{text}\" stands twice.");
        }

        return strings;
    }

    /// <summary>What one key says.</summary>
    public T Parse<T>(string key, Func<string, T> read)
    {
        if (!metadata.TryGetValue(key, out string? text)) throw Fault(key, "the key is missing.");
        try
        {
            return read(text);
        }
        catch (ArgumentException failure)
        {
            // The name of one of our own parameters would tell the user nothing.
            string message = failure.Message.Replace($" (Parameter '{failure.ParamName}')", "", StringComparison.Ordinal);
            throw Fault(key, message, failure);
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            throw Fault(key, failure.Message, failure);
        }
        catch (InvalidOperationException failure)
        {
            // What the reader of JSON says of half a surrogate pair.
            throw Fault(key, "a text in it is not valid Unicode.", failure);
        }
    }

    /// <summary>That a list has as many entries as the specification says.</summary>
    public void RequireCount(string key, int count, string property, int expected)
    {
        if (count != expected)
        {
            throw Fault(key, $"it has {count} entries, but \"{property}\" in '{SpecificationKey}' is {expected}.");
        }
    }

    public InvalidDataException Fault(string key, string fault, Exception? cause = null) =>
        new($"{path}: metadata '{key}': {MessageText.Bounded(fault)} Copy the file again or retrain the model.", cause);
}
