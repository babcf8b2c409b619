namespace Recurant.Tasks;

/// <summary>
/// What a classifier's word vectors and recurrent layers learn before labels are looked at: to predict the next word of texts
/// without labels (Dai and Le 2015, "Semi-supervised sequence learning"; in both directions as in Peters et al. 2018, "Deep
/// contextualized word representations"). Give <see cref="Texts"/> or <see cref="Model"/>, not both. See docs/training.md.
/// </summary>
public sealed record Pretraining
{
    /// <summary>
    /// The texts, one an entry. The run's own training texts are read with them; texts that are also among its validation texts
    /// are left out, and equal ones are read once.
    /// </summary>
    public PlainText? Texts { get; init; }

    /// <summary>
    /// A language model of words or characters trained before, whose vectors, tokens and layers the classifier starts from. It
    /// decides the cell and the widths that the options leave open. In a network that reads in both directions only the forward
    /// direction of the lowest layer starts from it.
    /// </summary>
    public LanguageModel? Model { get; init; }

    /// <summary>
    /// The most passes over the texts, 1 to 1,000,000. Default: as many as make six million tokens, at least 2 and at most 20.
    /// </summary>
    public int? Epochs { get; init; }
}
