namespace Recurant.Data;

/// <summary>Labelled texts, in the order of their file, and the set of their labels.</summary>
public sealed class TextDataset
{
    /// <summary>Makes a data set of the examples given.</summary>
    /// <param name="name">What messages call the data: the path of its file.</param>
    /// <param name="examples">The examples; the list is kept, not copied.</param>
    public TextDataset(string name, IReadOnlyList<TextExample> examples)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(examples);
        Name = name;
        Examples = examples;

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (TextExample example in examples)
        {
            seen.Add(example.Label);
        }

        var labels = new string[seen.Count];
        seen.CopyTo(labels);
        Array.Sort(labels, StringComparer.Ordinal);
        Labels = labels;
    }

    /// <summary>What messages call the data: the path of its file.</summary>
    public string Name { get; }

    /// <summary>The examples, in the order of the file.</summary>
    public IReadOnlyList<TextExample> Examples { get; }

    /// <summary>The distinct labels in ordinal order: a label's place here is its class number.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The number of examples.</summary>
    public int Count => Examples.Count;

    /// <summary>Things worth telling the user that did not stop the reading, such as how many texts are empty.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Makes a data set from pairs in memory; line n is the n-th pair, counted from 1.</summary>
    /// <param name="pairs">A text and its label, each.</param>
    /// <param name="name">What messages call the data.</param>
    public static TextDataset FromPairs(IEnumerable<(string Text, string Label)> pairs, string name = "the examples")
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var examples = new List<TextExample>();
        foreach ((string text, string label) in pairs)
        {
            examples.Add(new TextExample(text, label, examples.Count + 1));
        }

        return new TextDataset(name, examples);
    }
}
