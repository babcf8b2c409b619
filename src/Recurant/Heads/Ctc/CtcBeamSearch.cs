using System.Globalization;

namespace Recurant.Heads;

/// <summary>A text that the search found.</summary>
/// <param name="Labels">Its symbols.</param>
/// <param name="LogProbability">
/// ln p(text), the sum over the alignments that the search followed: exact where the beam was wide enough for all prefixes.
/// </param>
/// <param name="Score">The same with the language model and the bonuses.</param>
public sealed record CtcHypothesis(IReadOnlyList<int> Labels, double LogProbability, double Score)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(CtcHypothesis), PrintMembers);
}

/// <summary>
/// Finds the texts whose alignments are the most probable together: of every prefix that is followed the alignments are added up
/// that end in a blank, p_b, and those that end in its last symbol, p_s, for only after a blank the same symbol begins anew.
/// <code>
/// (1) p_b'(l)     = y_(t, blank) (p_b(l) + p_s(l))
/// (2) p_s'(l)     = y_(t, last of l) p_s(l)                     the frame says the last symbol once more
/// (3) p_s'(l + k) += y_(t, k) w(l, k) (p_b(l) + p_s(l))         a new symbol; of k = last of l only p_b(l)
/// (4) w(l, k)     = exp(alpha ln p(k | l) + beta + the bonus of a word that k begins)
/// (5) score(l)    = ln (p_b(l) + p_s(l)) + alpha ln p(end | l)
/// </code>
/// Of all prefixes the best go on to the next frame. In (3) a prefix that is followed already gets the sum, so that it stands in
/// the beam once.
/// </summary>
/// <remarks>
/// Probabilities are numbers in double precision, divided after each frame by that of the best prefix: what lies e^-700 beneath
/// it counts for nothing. Of equal prefixes that which stood before goes on.
/// <para>Source: Hannun, Maas, Jurafsky and Ng, "First-Pass Large Vocabulary Continuous Speech Recognition using Bi-Directional
/// Recurrent DNNs", 2014, algorithm 1.</para>
/// </remarks>
public static class CtcBeamSearch
{
    /// <summary>The best texts of an utterance, the best first; as many as the beam is wide or fewer.</summary>
    /// <param name="logits">z [T, K]; y = softmax(z).</param>
    /// <param name="classes">K: the symbols and the blank.</param>
    /// <param name="options">How to search. Default: a beam of 25 without a language model.</param>
    /// <exception cref="ArgumentException">
    /// The logits are no rows of K numbers, one is NaN or infinite, or an option is out of its range.
    /// </exception>
    /// <exception cref="InvalidOperationException">The language model gave NaN or infinity.</exception>
    public static IReadOnlyList<CtcHypothesis> Search(
        ReadOnlySpan<float> logits, int classes, CtcSearchOptions? options = null)
    {
        options ??= new CtcSearchOptions();
        CtcSearchOptions.RequireRows(logits.Length, classes, options.Blank);
        options.Check(classes);
        var prefixes = new CtcPrefixes(classes, options);
        for (int t = 0; t * classes < logits.Length; t++) prefixes.Advance(t, logits.Slice(t * classes, classes));
        return prefixes.Results();
    }

    /// <summary>The same of the b-th utterance of a batch.</summary>
    internal static IReadOnlyList<CtcHypothesis> Search(BatchLayout batch, int b, Matrix logits, CtcSearchOptions options)
    {
        CtcSearchOptions.RequireRows(0, logits.Columns, options.Blank);
        options.Check(logits.Columns);
        var prefixes = new CtcPrefixes(logits.Columns, options);
        for (int t = 0; t < batch.Lengths[b]; t++) prefixes.Advance(t, logits.Row(batch.RowStart(t) + b));
        return prefixes.Results();
    }
}
