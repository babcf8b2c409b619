using System.Runtime.InteropServices;

namespace Recurant.Data;

/// <summary>How often words occur, and pairs of neighbours; a string is made of each but once.</summary>
internal sealed class WordCounts
{
    /// <summary>What stands before the first and behind the last word of a text in a pair.</summary>
    public const string TextStart = "<s>", TextEnd = "</s>";

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    // The word before, a blank, and room for the word that follows.
    private char[] _pair = new char[64];
    private int _before;

    public WordCounts() => _lookup = Counts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The counts.</summary>
    public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>The number of words counted, pairs left out.</summary>
    public long Words { get; private set; }

    /// <summary>Counts a word.</summary>
    public void Add(ReadOnlySpan<char> word)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_lookup, word, out _)++;
        Words++;
    }

    /// <summary>Begins with the words of another text.</summary>
    public void BeginText() => SetBefore(TextStart);

    /// <summary>Counts a word together with the one before it.</summary>
    public void AddPair(ReadOnlySpan<char> word)
    {
        int length = _before + word.Length;
        if (_pair.Length < length) Array.Resize(ref _pair, 2 * length);
        word.CopyTo(_pair.AsSpan(_before));
        CollectionsMarshal.GetValueRefOrAddDefault(_lookup, _pair.AsSpan(0, length), out _)++;
        SetBefore(word);
    }

    /// <summary>Counts the last word of a text together with its end.</summary>
    public void EndText() => AddPair(TextEnd);

    private void SetBefore(ReadOnlySpan<char> word)
    {
        if (_pair.Length <= word.Length) _pair = new char[2 * (word.Length + 1)];
        word.CopyTo(_pair);
        _pair[word.Length] = ' ';
        _before = word.Length + 1;
    }
}
