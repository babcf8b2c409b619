namespace Recurant.Heads;

/// <summary>Keeps the best of what it is offered: a heap with the worst on top. Of equal ones the first stays.</summary>
/// <param name="most">How many.</param>
internal sealed class CtcRanking(int most)
{
    private readonly List<Entry> _heap = [];
    private int _offered;

    /// <summary>The largest value.</summary>
    public double Best { get; private set; }

    public void Clear()
    {
        _heap.Clear();
        (_offered, Best) = (0, 0);
    }

    /// <summary>Offers a prefix, or one that is longer by a symbol. What has no probability is not kept.</summary>
    public void Offer(double value, CtcPrefixes.Prefix prefix, int label)
    {
        int number = _offered++;
        if (!(value > 0) || (_heap.Count == most && value <= _heap[0].Value)) return;
        Best = Math.Max(Best, value);
        var entry = new Entry(value, number, prefix, label);
        if (_heap.Count < most)
        {
            _heap.Add(entry);
            Rise(_heap.Count - 1);
        }
        else
        {
            _heap[0] = entry;
            Sink();
        }
    }

    /// <summary>What was kept, the best first; the ranking is to be cleared afterwards.</summary>
    public List<Entry> Sorted()
    {
        _heap.Sort((left, right) => IsWorse(left, right) ? 1 : -1);
        return _heap;
    }

    private static bool IsWorse(Entry left, Entry right) =>
        left.Value != right.Value ? left.Value < right.Value : left.Number > right.Number;

    private void Rise(int i)
    {
        for (int above = (i - 1) / 2; i > 0 && IsWorse(_heap[i], _heap[above]); i = above, above = (i - 1) / 2)
        {
            (_heap[i], _heap[above]) = (_heap[above], _heap[i]);
        }
    }

    private void Sink()
    {
        int i = 0;
        while (true)
        {
            int worst = i;
            for (int below = 2 * i + 1; below <= 2 * i + 2 && below < _heap.Count; below++)
            {
                if (IsWorse(_heap[below], _heap[worst])) worst = below;
            }

            if (worst == i) return;
            (_heap[i], _heap[worst]) = (_heap[worst], _heap[i]);
            i = worst;
        }
    }

    /// <summary>A prefix, or one that is longer by a symbol.</summary>
    internal readonly record struct Entry(double Value, int Number, CtcPrefixes.Prefix Prefix, int Label);
}
