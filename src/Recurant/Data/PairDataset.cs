namespace Recurant.Data;

/// <summary>A text and the text it is to become, such as a sentence and its translation.</summary>
/// <param name="Source">The text to begin with, as it stands in the file, not yet cut into tokens.</param>
/// <param name="Target">The text to arrive at.</param>
/// <param name="Line">The line of the file on which the pair begins, counted from 1; 0 if it came from no file.</param>
public sealed record TextPair(string Source, string Target, int Line = 0);

/// <summary>Pairs of texts, in the order of their file. Any number of threads may read it.</summary>
public sealed class PairDataset
{
    /// <summary>Makes a data set of the pairs given.</summary>
    /// <param name="name">What messages call the data: the path of its file, or of both.</param>
    /// <param name="pairs">The pairs; the list is kept, not copied.</param>
    public PairDataset(string name, IReadOnlyList<TextPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(pairs);
        Name = name;
        Pairs = pairs;
    }

    /// <summary>What messages call the data: the path of its file, or of both.</summary>
    public string Name { get; }

    /// <summary>The pairs, in the order of the file.</summary>
    public IReadOnlyList<TextPair> Pairs { get; }

    /// <summary>The number of pairs.</summary>
    public int Count => Pairs.Count;

    /// <summary>A data set of some of the pairs, which are not copied.</summary>
    /// <param name="rows">The places of the pairs in <see cref="Pairs"/>, in the order wanted.</param>
    public PairDataset Subset(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new PairDataset(Name, ListView<TextPair>.Of(Pairs, [.. rows]));
    }

    /// <summary>Things worth telling the user that did not stop the reading, such as how many pairs were left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
