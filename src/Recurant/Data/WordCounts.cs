using System.Runtime.InteropServices;

namespace Recurant.Data;

/// <summary>How often words occur, and pairs of neighbours; a string is made of each but once.</summary>
internal sealed class WordCounts
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public WordCounts() => _lookup = Counts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The counts.</summary>
    public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>The number of words counted, pairs left out.</summary>
    public long Words { get; private set; }

    /// <summary>The number of words and pairs that are known to be too rare for any use, and are not in the counts.</summary>
    public long LeftOut { get; set; }

    /// <summary>Counts a word.</summary>
    public void Add(ReadOnlySpan<char> word)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_lookup, word, out _)++;
        Words++;
    }

    /// <summary>Counts a pair of words.</summary>
    public void AddPair(ReadOnlySpan<char> pair) => CollectionsMarshal.GetValueRefOrAddDefault(_lookup, pair, out _)++;

    /// <summary>Adds what was counted elsewhere.</summary>
    public void Add(WordCounts others)
    {
        foreach ((string word, int count) in others.Counts)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Counts, word, out _) += count;
        }

        Words += others.Words;
        LeftOut += others.LeftOut;
    }
}
