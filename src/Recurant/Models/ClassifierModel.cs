using Recurant.Data;
using Recurant.Parameters;

namespace Recurant.Models;

/// <summary>A classifier of texts: its specification, its words, its labels and its network.</summary>
public sealed class ClassifierModel : TrainedModel
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

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Network.Parameters;

    /// <inheritdoc/>
    public override string Task => "classifier";

    /// <inheritdoc/>
    public override string Summary => Spec.Summary;

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

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() => Network.Describe();
}
