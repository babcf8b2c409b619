namespace Recurant.Models;

/// <summary>
/// Words that a target must keep as often as its source has them, such as the placeholders of a message: "{0}". The search may
/// neither invent one nor end before all have come.
/// </summary>
/// <param name="ofSource">For each source word the target word it must become; -1 for an ordinary word.</param>
/// <param name="isKept">For each target word whether it is one of those.</param>
internal sealed class KeptWords(int[] ofSource, bool[] isKept)
{
    private readonly int[] _kept = [.. Enumerable.Range(0, isKept.Length).Where(word => isKept[word])];

    /// <summary>Sets the logits of all words that may not come next to a number that no search takes.</summary>
    public void Forbid(ReadOnlySpan<int> source, OpenHypothesis hypothesis, Span<float> logits, int mark)
    {
        bool isComplete = true;
        foreach (int word in _kept)
        {
            int left = 0;
            foreach (int from in source)
            {
                if ((uint)from < (uint)ofSource.Length && ofSource[from] == word) left++;
            }

            for (OpenHypothesis? node = hypothesis; left > 0 && node is not null; node = node.Before)
            {
                if (node.Word == word) left--;
            }

            if (left > 0) isComplete = false; else logits[word] = float.NegativeInfinity;
        }

        if (!isComplete) logits[mark] = float.NegativeInfinity;
    }
}
