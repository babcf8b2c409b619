namespace Recurant.Samples.MakeReviews;

/// <summary>Numbers that look random and depend on nothing but a key and a counter, on every machine alike.</summary>
internal sealed class CounterHash(ulong key)
{
    private ulong _counter;

    /// <summary>The next number in [0, bound).</summary>
    public int Next(int bound) => (int)(Mix(key + ++_counter * 0x9E3779B97F4A7C15UL) % (ulong)bound);

    /// <summary>The next choice out of <paramref name="items"/>, item i with probability weight(i) / sum of weights.</summary>
    public T Pick<T>(IReadOnlyList<T> items, Func<T, int> weight)
    {
        var left = Next(items.Sum(weight));
        foreach (var item in items)
        {
            left -= weight(item);
            if (left < 0) return item;
        }

        throw new InvalidOperationException("There is nothing to choose from.");
    }

    /// <summary>A hash of a text: FNV-1a over its UTF-16 units, then mixed.</summary>
    public static ulong Of(string text)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var c in text) hash = (hash ^ c) * 0x100000001B3UL;
        return Mix(hash);
    }

    // The finaliser of SplitMix64: every input bit reaches every output bit.
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
