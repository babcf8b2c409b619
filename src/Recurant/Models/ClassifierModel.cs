using Recurant.Data;
using Recurant.Parameters;

namespace Recurant.Models;

/// <summary>A classifier of texts: its specification, its words, its labels and its network.</summary>
public sealed class ClassifierModel
{
    internal ClassifierModel(ClassifierSpec spec, Vocabulary vocabulary, IReadOnlyList<string> labels)
    {
        if (vocabulary.Count != spec.VocabularySize)
        {
            throw new ArgumentException(
                $"The specification speaks of {spec.VocabularySize} words, but the vocabulary has {vocabulary.Count}.",
                nameof(vocabulary));
        }

        if (labels.Count != spec.Classes)
        {
            throw new ArgumentException(
                $"The specification speaks of {spec.Classes} classes, but there are {labels.Count} labels.", nameof(labels));
        }

        Spec = spec;
        Vocabulary = vocabulary;
        Labels = labels;
        Network = ClassifierNetwork.Create(spec);
        Encoder = new TextEncoder(spec, vocabulary);
    }

    /// <summary>What the model is made of.</summary>
    public ClassifierSpec Spec { get; }

    /// <summary>The words (of a bag of words: words and pairs) the model knows.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>The labels; a label's place is its class number.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>All tensors, under PyTorch's names, in the order of the model file.</summary>
    public IReadOnlyList<Parameter> Parameters => Network.Parameters;

    /// <summary>The number of learnt numbers.</summary>
    public int ParameterCount => Parameters.Sum(parameter => parameter.Count);

    /// <summary>What is known of the training that made the model, as one JSON object; empty for a new model.</summary>
    public string TrainingRecord { get; internal set; } = "";

    /// <summary>Sets <see cref="TrainingRecord"/>, which the model file keeps.</summary>
    /// <param name="json">One JSON object, or an empty string for none.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public void SetTrainingRecord(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > 0)
        {
            try
            {
                using var document = System.Text.Json.JsonDocument.Parse(json);
                if (document.RootElement.ValueKind != System.Text.Json.JsonValueKind.Object)
                {
                    throw new ArgumentException("The training record must be a JSON object.", nameof(json));
                }
            }
            catch (System.Text.Json.JsonException fault)
            {
                throw new ArgumentException($"The training record must be a JSON object: {fault.Message}", nameof(json), fault);
            }
        }

        TrainingRecord = json;
    }

    internal ClassifierNetwork Network { get; }

    internal TextEncoder Encoder { get; }

    /// <summary>The texts as the network reads them, in their order.</summary>
    internal int[][] Encode(TextDataset texts) => [.. texts.Examples.Select(example => Encoder.Encode(example.Text))];

    /// <summary>The class number of every text's label; all labels must be known.</summary>
    internal int[] LabelNumbers(TextDataset texts)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < Labels.Count; i++) numbers[Labels[i]] = i;
        return [.. texts.Examples.Select(example => numbers[example.Label])];
    }

    /// <summary>The layers in the order the data passes them, each with its shape and equations.</summary>
    public IReadOnlyList<LayerDescription> Describe() => Network.Describe();
}
