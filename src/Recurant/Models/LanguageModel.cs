namespace Recurant.Models;

/// <summary>A language model: its specification, its tokens and its network.</summary>
public sealed class LanguageModel : TrainedModel
{
    internal LanguageModel(LanguageModelSpec spec, Vocabulary vocabulary, BytePairEncoding? subwords = null)
    {
        RequireCount(spec.VocabularySize, "tokens", vocabulary.Count, nameof(vocabulary));
        if (spec.Unit == TokenUnit.Subword != subwords is not null)
        {
            throw new ArgumentException(
                $"The tokens are {spec.UnitName}, which does not go with the subwords given.", nameof(subwords));
        }

        Spec = spec;
        Vocabulary = vocabulary;
        Network = new LanguageModelNetwork(spec);
        Encoder = new RunningText(spec.Unit, spec.Lowercase, vocabulary, subwords);
    }

    /// <summary>What the model is made of.</summary>
    public LanguageModelSpec Spec { get; }

    /// <summary>The tokens it knows.</summary>
    public Vocabulary Vocabulary { get; }

    internal override Vocabulary Words => Vocabulary;

    /// <inheritdoc/>
    public override string Task => TaskNames.LanguageModel;

    /// <inheritdoc/>
    public override string Noun => "language model";

    /// <inheritdoc/>
    public override string Summary =>
        $"language model of {Spec.UnitName}: {Spec.Stack.Summary}"
        + (Spec.Tied ? ", tied vectors" : "");

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Network.Parameters;

    internal LanguageModelNetwork Network { get; }

    internal RunningText Encoder { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() => Network.Describe();
}
