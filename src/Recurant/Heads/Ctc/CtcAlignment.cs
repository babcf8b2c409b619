namespace Recurant.Heads;

/// <summary>
/// Finds when the symbols of a text were said: the most probable alignment that spells it (Viterbi 1967).
/// <code>
/// (1) l' = blank, l_1, blank, l_2, .., l_n, blank
/// (2) v_t(s) = ln y_(t, l'_s) + max(v_(t-1)(s), v_(t-1)(s-1), v_(t-1)(s-2))  the last only if l'_s is no blank and not l'_(s-2)
/// (3) the path ends in the last blank or the last symbol, whichever is the more probable, and is followed back from there
/// </code>
/// Logits stand for ln y: what they differ by is the same for all paths through a frame.
/// </summary>
internal static class CtcAlignment
{
    /// <summary>The symbols of a text with the frames that say them.</summary>
    /// <param name="logits">z [T, K].</param>
    /// <param name="classes">K.</param>
    /// <param name="text">The symbols.</param>
    /// <param name="blank">The index of the blank.</param>
    /// <returns>Null where there are fewer frames than the text needs.</returns>
    public static CtcSymbol[]? Of(ReadOnlySpan<float> logits, int classes, IReadOnlyList<int> text, int blank = 0)
    {
        int frames = logits.Length / classes, states = 2 * text.Count + 1;
        if (text.Count == 0) return [];
        int Label(int s) => s % 2 == 0 ? blank : text[s / 2];
        double[] before = new double[states], now = new double[states];
        var steps = new byte[(long)frames * states];
        Array.Fill(before, double.NegativeInfinity);
        for (int t = 0; t < frames; t++)
        {
            for (int s = 0; s < states; s++)
            {
                (double best, byte step) = t == 0 ? (s < 2 ? 0 : double.NegativeInfinity, (byte)0) : (before[s], (byte)0);
                // (2)
                if (t > 0 && s > 0 && before[s - 1] > best) (best, step) = (before[s - 1], 1);
                if (t > 0 && s > 2 && s % 2 == 1 && Label(s) != Label(s - 2) && before[s - 2] > best)
                {
                    (best, step) = (before[s - 2], 2);
                }

                now[s] = best + logits[t * classes + Label(s)];
                steps[(long)t * states + s] = step;
            }

            (before, now) = (now, before);
        }

        int at = before[states - 2] > before[states - 1] ? states - 2 : states - 1;                                     // (3)
        if (frames == 0 || double.IsNegativeInfinity(before[at])) return null;
        var found = new CtcSymbol[text.Count];
        for (int t = frames - 1; t >= 0; t--)
        {
            if (at % 2 == 1)
            {
                int i = at / 2;
                found[i] = found[i].End == 0 ? new CtcSymbol(text[i], t, t + 1) : found[i] with { Start = t };
            }

            at -= steps[(long)t * states + at];
        }

        return found;
    }
}
