using System.Runtime.InteropServices;

namespace Recurant.Data;

/// <summary>Counts of n-grams, each packed into 128 bits.</summary>
internal static class NGrams
{
    /// <summary>
    /// How many n-grams of a text stand in a reference too, each at most as often as in the reference that has most of it.
    /// </summary>
    /// <param name="text">The items by number.</param>
    /// <param name="references">The references' items.</param>
    /// <param name="order">n; n times the bits are 128 at most.</param>
    /// <param name="bits">The bits that an item's number takes.</param>
    public static int Matches(int[] text, IReadOnlyList<int[]> references, int order, int bits)
    {
        Dictionary<UInt128, int> most = Count(references[0], order, bits);
        for (int i = 1; i < references.Count; i++)
        {
            foreach ((UInt128 gram, int count) in Count(references[i], order, bits))
            {
                most[gram] = Math.Max(count, most.GetValueOrDefault(gram));
            }
        }

        int matches = 0;
        foreach ((UInt128 gram, int count) in Count(text, order, bits)) matches += Math.Min(count, most.GetValueOrDefault(gram));
        return matches;
    }

    private static Dictionary<UInt128, int> Count(int[] items, int order, int bits)
    {
        var counts = new Dictionary<UInt128, int>();
        UInt128 mask = order * bits == 128 ? UInt128.MaxValue : (UInt128.One << (order * bits)) - 1, gram = 0;
        for (int i = 0; i < items.Length; i++)
        {
            gram = ((gram << bits) | (uint)items[i]) & mask;
            if (i >= order - 1) CollectionsMarshal.GetValueRefOrAddDefault(counts, gram, out _)++;
        }

        return counts;
    }
}
