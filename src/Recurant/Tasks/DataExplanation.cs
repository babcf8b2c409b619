namespace Recurant.Tasks;

/// <summary>What matters to a model over a whole data set.</summary>
public sealed record DataExplanation : InsightRecord
{
    /// <summary>The texts, sentences or pieces of text that were looked at.</summary>
    public required int Texts { get; init; }

    /// <summary>The share of texts (taggers: of words) that were answered right; null where nothing is labelled.</summary>
    public required double? Accuracy { get; init; }

    /// <summary>
    /// The words of each label that speak for it most surely, the surest first; classifiers only. At most thirty a label.
    /// </summary>
    public required IReadOnlyList<WordImportance> Words { get; init; }

    /// <summary>The largest error of a text's attributions, as <see cref="AttributionSum.Error"/>; 0 without words.</summary>
    public required double LargestError { get; init; }

    /// <summary>The hidden units that change answers most, the strongest first; recurrent classifiers only. At most
    /// twenty.</summary>
    public required IReadOnlyList<UnitImportance> Units { get; init; }

    /// <summary>For each thing that can be named the unit that follows it best; recurrent classifiers and language
    /// models.</summary>
    public required IReadOnlyList<UnitTrait> Traits { get; init; }

    /// <summary>The mistakes of which the model was surest, the surest first; classifiers and taggers. At most twenty.</summary>
    public required IReadOnlyList<DataMistake> Mistakes { get; init; }
}

/// <summary>What a word does for a label over the texts that get this label.</summary>
/// <param name="Label">The label.</param>
/// <param name="Word">The word.</param>
/// <param name="Count">How often it stands in texts that the model gives the label.</param>
/// <param name="Mean">The mean of its attributions there, in log odds of the label.</param>
/// <param name="StandardError">The standard error of that mean; words are ranked by the mean less twice this.</param>
public sealed record WordImportance(string Label, string Word, int Count, double Mean, double StandardError) : InsightRecord;

/// <summary>What a hidden unit of the topmost layer does for the answers.</summary>
/// <param name="Unit">The unit; of layers in both directions those of the second direction follow the first's.</param>
/// <param name="Effect">
/// The mean size of the change of the given label's log odds when the output layer reads zero in the unit's place.
/// </param>
/// <param name="Label">The label for which it speaks most.</param>
/// <param name="LabelEffect">The mean of the same change, with its sign, over the texts that get that label.</param>
public sealed record UnitImportance(int Unit, double Effect, string Label, double LabelEffect) : InsightRecord;

/// <summary>A wrong answer.</summary>
/// <param name="Text">The text or sentence.</param>
/// <param name="Place">Of a tagger the place of the word; -1 of a classifier.</param>
/// <param name="Expected">The right label or tag.</param>
/// <param name="Predicted">What the model said.</param>
/// <param name="Probability">How sure it was.</param>
/// <param name="Line">The line of the file, counted from 1; 0 if it is not known.</param>
public sealed record DataMistake(string Text, int Place, string Expected, string Predicted, double Probability, int Line)
    : InsightRecord;
