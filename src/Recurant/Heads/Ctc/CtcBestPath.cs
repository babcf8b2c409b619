using System.Globalization;

namespace Recurant.Heads;

/// <summary>A symbol that was heard, and when.</summary>
/// <param name="Label">The symbol.</param>
/// <param name="Start">The first frame that says it, counted from 0.</param>
/// <param name="End">One after the last frame that says it.</param>
public readonly record struct CtcSymbol(int Label, int Start, int End)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(CtcSymbol), PrintMembers);
}

/// <summary>
/// The text of the most probable alignment of a network that was trained with connectionist temporal classification: of every
/// frame the best class, equal neighbours joined, blanks taken out.
/// <code>
/// (1) a_t = argmax_k z_(t,k), the first of equals
/// (2) a symbol begins where a_t differs from a_(t-1) and is not the blank, and lasts as long as a_t stays
/// </code>
/// The text with the most probable sum of alignments may be another: <see cref="CtcBeamSearch"/> looks for that.
/// Source: Graves, Fernandez, Gomez and Schmidhuber, ICML 2006, section 3.2, "best path decoding".
/// </summary>
public static class CtcBestPath
{
    /// <summary>The symbols of an utterance with the frames that say them.</summary>
    /// <param name="logits">z [T, K], or probabilities, or their logarithms: their order alone counts.</param>
    /// <param name="classes">K: the symbols and the blank.</param>
    /// <param name="blank">The index of the blank. Default: 0.</param>
    /// <exception cref="ArgumentException">The logits are no rows of K numbers, or the blank is none of the classes.</exception>
    public static IReadOnlyList<CtcSymbol> Decode(ReadOnlySpan<float> logits, int classes, int blank = 0)
    {
        CtcSearchOptions.RequireRows(logits.Length, classes, blank);
        var path = new Path(blank);
        for (int t = 0; t * classes < logits.Length; t++) path.Add(logits.Slice(t * classes, classes));
        return path.Symbols;
    }

    /// <summary>The same of the b-th utterance of a batch.</summary>
    internal static IReadOnlyList<CtcSymbol> Decode(BatchLayout batch, int b, Matrix logits, int blank)
    {
        var path = new Path(blank);
        for (int t = 0; t < batch.Lengths[b]; t++) path.Add(logits.Row(batch.RowStart(t) + b));
        return path.Symbols;
    }

    private sealed class Path(int blank)
    {
        private const int None = -1;
        private int _before = None, _frame;

        public List<CtcSymbol> Symbols { get; } = [];

        public void Add(ReadOnlySpan<float> row)
        {
            int best = CrossEntropy.ArgMax(row);                                                                        // (1)
            // (2)
            if (best != blank)
            {
                if (best == _before) Symbols[^1] = Symbols[^1] with { End = _frame + 1 };
                else Symbols.Add(new CtcSymbol(best, _frame, _frame + 1));
            }

            _before = best;
            _frame++;
        }
    }
}
