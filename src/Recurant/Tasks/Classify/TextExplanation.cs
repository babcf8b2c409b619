namespace Recurant.Tasks;

/// <summary>
/// Why a classifier gave a text its label. Effects are in log odds of the label, L = ln(p / (1 - p)): they add where
/// probabilities saturate, and a model that merely adds up its words has no effects of pairs.
/// </summary>
public sealed record TextExplanation : InsightRecord
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>The label that is explained.</summary>
    public required string Label { get; init; }

    /// <summary>The label the model gives.</summary>
    public required string Predicted { get; init; }

    /// <summary>The probability p of the explained label.</summary>
    public required double Probability { get; init; }

    /// <summary>Every label with its probability, in the order of the model's labels.</summary>
    public required IReadOnlyList<KeyValuePair<string, double>> Probabilities { get; init; }

    /// <summary>The words that the model read, in their order.</summary>
    public required IReadOnlyList<WordEffect> Words { get; init; }

    /// <summary>How the attributions of the words were found and what they add up to.</summary>
    public required AttributionSum Attribution { get; init; }

    /// <summary>
    /// Pairs of words whose effects do not simply add, the strongest first. Among them those in which one word reverses the
    /// other: see <see cref="WordPair.Turned"/>.
    /// </summary>
    public required IReadOnlyList<WordPair> Pairs { get; init; }

    /// <summary>
    /// A word counts as reversed by another only if both of its effects are at least this share of the largest effect of a word
    /// of the text: smaller changes of sign are found in every model and say nothing.
    /// </summary>
    public const double LeastTurnShare = 0.25;

    /// <summary>
    /// The pairs in which one word reverses the other, the strongest first. Both effects of the reversed word are at least
    /// <see cref="LeastTurnShare"/> of the largest effect, its attribution agrees in sign with its effect, and the interaction is
    /// at least a third of the strongest one.
    /// </summary>
    public IEnumerable<WordPair> Turns
    {
        get
        {
            double least = LeastTurnShare * Words.Select(word => Math.Abs(word.Effect)).DefaultIfEmpty().Max();
            return Pairs.Where(pair => pair.Turned >= 0 && 3 * Math.Abs(pair.Interaction) >= Math.Abs(Pairs[0].Interaction)
                && IsClear(pair, least));
        }
    }

    /// <summary>The probability of the label for a text without words.</summary>
    public required double EmptyProbability { get; init; }

    private bool IsClear(WordPair pair, double least)
    {
        bool isFirst = pair.Turned == pair.First;
        double together = isFirst ? pair.FirstEffect : pair.SecondEffect, alone = isFirst ? pair.FirstAlone : pair.SecondAlone;
        return Math.Min(Math.Abs(together), Math.Abs(alone)) >= least && together * Words[pair.Turned].Attribution > 0;
    }
}

/// <summary>What one word of a text does.</summary>
/// <param name="Word">The word, as the model reads it.</param>
/// <param name="IsKnown">Whether it is in the vocabulary.</param>
/// <param name="Attribution">
/// Its integrated gradient, in log odds of the label: positive speaks for it. These add up; see <see cref="AttributionSum"/>.
/// </param>
/// <param name="ProbabilityAsRead">The label's probability when the text ends with this word.</param>
/// <param name="ProbabilityWithout">The label's probability of the text without this word.</param>
/// <param name="ProbabilityHidden">The label's probability with an unknown word in its place.</param>
/// <param name="Effect">L of the text less L without the word: what it does where it stands.</param>
public sealed record WordEffect(
    string Word, bool IsKnown, double Attribution, double ProbabilityAsRead, double ProbabilityWithout,
    double ProbabilityHidden, double Effect) : InsightRecord;

/// <summary>
/// What integrated gradients (Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks") add up to.
/// <code>
/// (1) A_i = (x_i - x'_i) . integral_0^1 dL(x' + a (x - x')) / dx_i da,   x' = 0
/// (2) sum_i A_i = L(x) - L(x')
/// </code>
/// x_i is the vector of word i, and x' has zeros in their place. The integral is a mean over the middles of n equal parts.
/// </summary>
/// <param name="Baseline">L(x'): the log odds where all vectors are zero.</param>
/// <param name="LogOdds">L(x).</param>
/// <param name="Sum">The sum of the words' attributions.</param>
/// <param name="Steps">n.</param>
public sealed record AttributionSum(double Baseline, double LogOdds, double Sum, int Steps) : InsightRecord
{
    /// <summary>What the sum must be, L(x) - L(x').</summary>
    public double Expected => LogOdds - Baseline;

    /// <summary>The sum less what it must be.</summary>
    public double Error => Sum - Expected;
}

/// <summary>Two words of a text together.</summary>
/// <param name="First">The place of the first word.</param>
/// <param name="Second">The place of the second word.</param>
/// <param name="Interaction">
/// L - L(without first) - L(without second) + L(without both): zero if their effects merely add.
/// </param>
/// <param name="FirstEffect">What the first word does while the second is there.</param>
/// <param name="FirstAlone">What it does while the second is not.</param>
/// <param name="SecondEffect">What the second word does while the first is there.</param>
/// <param name="SecondAlone">What it does while the first is not.</param>
public sealed record WordPair(
    int First, int Second, double Interaction, double FirstEffect, double FirstAlone, double SecondEffect, double SecondAlone)
    : InsightRecord
{
    /// <summary>
    /// A change of sign counts from effects of a half on both sides: smaller ones change the probability by at most 0.125.
    /// </summary>
    public const double LeastEffect = 0.5;

    /// <summary>
    /// The place of the word whose effect the other one turns round, as "not" turns "good"; -1 if neither. Where each turns the
    /// other, the one that does more when it stands without the other.
    /// </summary>
    public int Turned
    {
        get
        {
            bool first = Turns(FirstEffect, FirstAlone), second = Turns(SecondEffect, SecondAlone);
            return first && second ? (Math.Abs(FirstAlone) >= Math.Abs(SecondAlone) ? First : Second)
                : first ? First
                : second ? Second
                : -1;
        }
    }

    /// <summary>The place of the word that turns the other; -1 if neither does.</summary>
    public int Turner => Turned < 0 ? -1 : Turned == First ? Second : First;

    private static bool Turns(double together, double alone) =>
        Math.Min(Math.Abs(together), Math.Abs(alone)) >= LeastEffect && double.IsNegative(together) != double.IsNegative(alone);
}
