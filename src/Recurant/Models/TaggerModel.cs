namespace Recurant.Models;

/// <summary>A tagger of words: its specification, its words, characters and tags, and its network.</summary>
public sealed class TaggerModel : TrainedModel
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    internal TaggerModel(TaggerSpec spec, Vocabulary vocabulary, Vocabulary characters, IReadOnlyList<string> tags)
    {
        RequireCount(spec.VocabularySize, "words", vocabulary.Count, nameof(vocabulary));
        RequireCount(spec.CharacterVocabularySize, "characters", characters.Count, nameof(characters));
        RequireCount(spec.Tags, "tags", tags.Count, nameof(tags));
        Spec = spec;
        Vocabulary = vocabulary;
        Characters = characters;
        Tags = tags;
        for (int i = 0; i < tags.Count; i++) _numbers[tags[i]] = i;
        Network = new TaggerNetwork(spec);
    }

    /// <inheritdoc/>
    public override string Task => TaskNames.Tag;

    /// <inheritdoc/>
    public override string Noun => "tagger";

    /// <inheritdoc/>
    public override string Summary => Spec.Summary;

    /// <summary>What the model is made of.</summary>
    public TaggerSpec Spec { get; }

    /// <summary>The words the model knows.</summary>
    public Vocabulary Vocabulary { get; }

    internal override Vocabulary Words => Vocabulary;

    /// <summary>The characters the model knows; of a model without characters the unknown one alone.</summary>
    public Vocabulary Characters { get; }

    /// <summary>The tags; a tag's place is its number.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Network.Parameters;

    internal TaggerNetwork Network { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() => Network.Describe();

    /// <summary>A list of forms to encode sentences with; one for each use.</summary>
    /// <param name="counts">How often each word was seen in training, while training.</param>
    internal WordForms NewForms(IReadOnlyList<int>? counts = null) =>
        new(Vocabulary, Characters, Spec.Lowercase, Spec.MaximumCharacters, counts);

    /// <summary>The numbers of tags; -1 for one that the model does not know.</summary>
    internal int[] NumbersOf(IReadOnlyList<string> tags)
    {
        var numbers = new int[tags.Count];
        for (int t = 0; t < numbers.Length; t++) numbers[t] = _numbers.GetValueOrDefault(tags[t], -1);
        return numbers;
    }
}
