namespace Recurant.Heads;

/// <summary>
/// Words that a target must keep as often as its source has them, such as the placeholders of a message: "{0}". The search may
/// neither invent one nor end before all have come.
/// </summary>
/// <param name="ofSource">For each source word the number of what it must keep, from 0; -1 for an ordinary word.</param>
/// <param name="ofTarget">
/// The same for each target word; several words may be forms of one, with a blank before it or without.
/// </param>
internal sealed class KeptWords(int[] ofSource, int[] ofTarget)
{
    private readonly int[] _targets = [.. Enumerable.Range(0, ofTarget.Length).Where(word => ofTarget[word] >= 0)];

    /// <summary>The placeholders that are one piece on both sides; null if there are none.</summary>
    public static KeptWords? Find(TextPieces source, TextPieces target)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] ofSource = Number(source, numbers), ofTarget = Number(target, numbers);
        // What one side alone has cannot be kept.
        var both = ofSource.Intersect(ofTarget).ToHashSet();
        both.Remove(-1);
        if (both.Count == 0) return null;
        foreach (int[] side in new[] { ofSource, ofTarget })
        {
            for (int i = 0; i < side.Length; i++)
            {
                if (!both.Contains(side[i])) side[i] = -1;
            }
        }

        return new KeptWords(ofSource, ofTarget);
    }

    /// <summary>Sets the logits of all words that may not come next to a number that no search takes.</summary>
    public void Forbid(ReadOnlySpan<int> source, OpenHypothesis hypothesis, Span<float> logits, int mark)
    {
        bool isComplete = true;
        foreach (int word in _targets)
        {
            int left = 0;
            foreach (int from in source)
            {
                if ((uint)from < (uint)ofSource.Length && ofSource[from] == ofTarget[word]) left++;
            }

            for (OpenHypothesis? node = hypothesis; left > 0 && node is not null; node = node.Before)
            {
                if ((uint)node.Word < (uint)ofTarget.Length && ofTarget[node.Word] == ofTarget[word]) left--;
            }

            if (left > 0) isComplete = false; else logits[word] = float.NegativeInfinity;
        }

        if (!isComplete) logits[mark] = float.NegativeInfinity;
    }

    private static int[] Number(TextPieces pieces, Dictionary<string, int> numbers)
    {
        var result = new int[pieces.Count];
        for (int i = 0; i < result.Length; i++)
        {
            ReadOnlySpan<char> piece = pieces[i].AsSpan().TrimStart(SubwordScanner.Blank);
            result[i] = -1;
            if (piece.Length < 3 || piece[0] != '{' || piece[^1] != '}') continue;
            string placeholder = piece.ToString();
            if (!numbers.TryGetValue(placeholder, out result[i])) numbers[placeholder] = result[i] = numbers.Count;
        }

        return result;
    }
}
