namespace Recurant.Models;

/// <summary>
/// A classifier of texts: its specification, its words, its labels, and its network; or several networks of one shape, whose
/// probabilities are averaged.
/// </summary>
public sealed class ClassifierModel : TrainedModel
{
    private static readonly Vocabulary s_noCharacters = new(["<unk>"]);

    internal ClassifierModel(
        ClassifierSpec spec, Vocabulary vocabulary, IReadOnlyList<string> labels, Vocabulary? characters = null)
        : this(spec, vocabulary, labels, characters, networks: null)
    {
    }

    private ClassifierModel(
        ClassifierSpec spec, Vocabulary vocabulary, IReadOnlyList<string> labels, Vocabulary? characters,
        IReadOnlyList<ClassifierNetwork>? networks)
    {
        characters ??= s_noCharacters;
        RequireCount(spec.VocabularySize, "words", vocabulary.Count, nameof(vocabulary));
        RequireCount(spec.Classes, "classes", labels.Count, nameof(labels));
        if (spec.CharacterSize > 0)
        {
            RequireCount(spec.CharacterVocabularySize, "characters", characters.Count, nameof(characters));
        }

        spec.Validate();
        Spec = spec;
        Vocabulary = vocabulary;
        Characters = characters;
        Labels = labels;
        Networks = networks ?? [.. Enumerable.Range(0, spec.Models).Select(_ => ClassifierNetwork.Create(spec))];
        // Where characters are read, the tokens keep their capitals.
        Encoder = new TextEncoder(
            TextEncoder.MakeTokenizer(spec.Unit, spec.Lowercase && spec.CharacterSize == 0), vocabulary,
            withPairs: spec.Model == ModelKind.BagOfWords, spec.MaximumTokens);
        Parameters = spec.Models == 1 ? Networks[0].Parameters : ModelAverage.NameParameters(Networks);
    }

    /// <summary>What the model is made of.</summary>
    public ClassifierSpec Spec { get; }

    /// <summary>The words (of a bag of words: words and pairs) the model knows.</summary>
    public Vocabulary Vocabulary { get; }

    internal override Vocabulary Words => Vocabulary;

    /// <summary>The characters the model knows; of a model without characters the unknown one alone.</summary>
    public Vocabulary Characters { get; }

    /// <summary>The labels; a label's place is its class number.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override string Task => TaskNames.Classify;

    /// <inheritdoc/>
    public override string Noun => "classifier";

    /// <inheritdoc/>
    public override string Summary => Spec.Summary;

    /// <summary>The first network, or the only one.</summary>
    internal ClassifierNetwork Network => Networks[0];

    /// <summary>The networks, as many as <see cref="ClassifierSpec.Models"/>.</summary>
    internal IReadOnlyList<ClassifierNetwork> Networks { get; }

    internal TextEncoder Encoder { get; }

    /// <summary>
    /// One model of several that were trained with the same words and labels; it takes their tensors, and gives them other names.
    /// </summary>
    internal static ClassifierModel AverageOf(IReadOnlyList<ClassifierModel> models)
    {
        ClassifierModel first = models[0];
        if (models.Count == 1) return first;
        return new ClassifierModel(
            first.Spec with { Models = models.Count }, first.Vocabulary, first.Labels, first.Characters,
            [.. models.Select(model => model.Network)]);
    }

    /// <summary>
    /// A list of forms to encode texts with, one for each use; null where the network reads no characters, and the numbers of
    /// texts are those of the vocabulary.
    /// </summary>
    internal WordForms? NewForms() =>
        Spec.CharacterSize > 0 ? new WordForms(Vocabulary, Characters, Spec.Lowercase, Spec.MaximumCharacters) : null;

    /// <summary>The texts as the network reads them, in their order.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="forms">What <see cref="NewForms"/> made.</param>
    /// <param name="work">Told how far it is.</param>
    /// <param name="workers">The threads; null for the caller's alone.</param>
    internal TokenRows Encode(TextDataset texts, WordForms? forms, PhaseWork work, Workers? workers = null)
    {
        const string Phase = "encoding";
        // The number of a form depends on those before it.
        if (forms is not null)
        {
            return TokenRows.Of(work.Over(Phase, texts.Examples).Select(text => Encoder.Encode(text.Text, forms)));
        }

        workers ??= Workers.ForThreads(1);
        var encoding = new TextEncoding(Encoder, workers.Count);
        TextBlocks.Run(work, Phase, texts.Count, row => texts.Examples[row].Text, workers, encoding);
        return encoding.Rows;
    }

    /// <summary>The class number of every text's label; all labels must be known.</summary>
    internal int[] LabelNumbers(TextDataset texts)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < Labels.Count; i++) numbers[Labels[i]] = i;
        int[] ofLabels = [.. texts.Labels.Select(label => numbers[label])];
        return Array.ConvertAll(texts.LabelNumbers, label => ofLabels[label]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() =>
        Spec.Models == 1 ? Network.Describe() : ModelAverage.Describe(Networks);
}
