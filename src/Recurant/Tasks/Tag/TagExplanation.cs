namespace Recurant.Tasks;

/// <summary>Why a tagger gave the words of a sentence their tags.</summary>
public sealed record TagExplanation
{
    /// <summary>The words, in their order.</summary>
    public required IReadOnlyList<TagEffect> Words { get; init; }

    /// <summary>Whether a random field scores neighbouring tags: probabilities are then its marginals, else softmax.</summary>
    public required bool HasRandomField { get; init; }
}

/// <summary>The tag of one word and what it depends on.</summary>
/// <param name="Word">The word.</param>
/// <param name="IsKnown">Whether it is in the vocabulary.</param>
/// <param name="Tag">Its tag.</param>
/// <param name="Probability">The probability p of the tag, given the whole sentence.</param>
/// <param name="Probabilities">Every tag with its probability, in the order of the model's tags.</param>
/// <param name="ProbabilityFromContext">p with an unknown word of unknown spelling in the word's place.</param>
/// <param name="Influence">
/// For each word of the sentence ln(p / (1 - p)) less the same without that word; of the word itself, less the same with an
/// unknown word in its place. Positive speaks for the tag.
/// </param>
public sealed record TagEffect(
    string Word, bool IsKnown, string Tag, double Probability, IReadOnlyList<KeyValuePair<string, double>> Probabilities,
    double ProbabilityFromContext, IReadOnlyList<double> Influence) : InsightRecord;
