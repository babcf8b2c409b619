namespace Recurant.Data;

/// <summary>
/// Sentences whose words bear tags, in the order of their file, and the set of the tags.
/// Any number of threads may read it.
/// </summary>
public sealed class TaggedDataset
{
    /// <summary>Makes a data set of the sentences given.</summary>
    /// <param name="name">What messages call the data: the path of its file.</param>
    /// <param name="sentences">The sentences; the list is kept, not copied.</param>
    public TaggedDataset(string name, IReadOnlyList<TaggedSentence> sentences)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(sentences);
        Name = name;
        Sentences = sentences;

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (TaggedSentence sentence in sentences)
        {
            WordCount += sentence.Words.Count;
            for (int i = 0; i < sentence.Tags.Count; i++) seen.Add(sentence.Tags[i]);
        }

        var tags = new string[seen.Count];
        seen.CopyTo(tags);
        Array.Sort(tags, StringComparer.Ordinal);
        Tags = tags;
    }

    /// <summary>What messages call the data: the path of its file.</summary>
    public string Name { get; }

    /// <summary>The sentences, in the order of the file.</summary>
    public IReadOnlyList<TaggedSentence> Sentences { get; }

    /// <summary>The distinct tags in ordinal order: a tag's place here is its class number.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The number of sentences.</summary>
    public int Count => Sentences.Count;

    /// <summary>The number of words of all sentences.</summary>
    public long WordCount { get; }

    /// <summary>A data set of some of the sentences, which are not copied.</summary>
    /// <param name="rows">The places of the sentences in <see cref="Sentences"/>, in the order wanted.</param>
    public TaggedDataset Subset(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new TaggedDataset(Name, ListView<TaggedSentence>.Of(Sentences, [.. rows]));
    }

    /// <summary>Things worth telling the user that did not stop the reading.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
