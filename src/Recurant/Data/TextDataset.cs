namespace Recurant.Data;

/// <summary>Labelled texts, in the order of their file, and the set of their labels. Any number of threads may read it.</summary>
public sealed class TextDataset
{
    /// <summary>Makes a data set of the examples given.</summary>
    /// <param name="name">What messages call the data: the path of its file.</param>
    /// <param name="examples">The examples; the list is kept, not copied. Of many an <see cref="ExampleList"/> takes least
    /// memory.
    /// </param>
    public TextDataset(string name, IReadOnlyList<TextExample> examples)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(examples);
        Name = name;
        Examples = examples;

        var table = new NameTable();
        var numbers = new int[examples.Count];
        int count = 0;
        foreach (TextExample example in examples) numbers[count++] = table.NumberOf(example.Label);
        (Labels, LabelNumbers) = InOrder([.. Enumerable.Range(0, table.Count).Select(i => table[i])], numbers);
    }

    private TextDataset(TextDataset whole, int[] rows)
    {
        Name = whole.Name;
        Examples = ListView<TextExample>.Of(whole.Examples, rows);
        var numbers = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++) numbers[i] = whole.LabelNumbers[rows[i]];
        (Labels, LabelNumbers) = InOrder(whole.Labels, numbers);
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

    /// <summary>For each example the place of its label in <see cref="Labels"/>.</summary>
    internal int[] LabelNumbers { get; }

    /// <summary>A data set of some of the examples, which are not copied.</summary>
    /// <param name="rows">The places of the examples in <see cref="Examples"/>, in the order wanted.</param>
    public TextDataset Subset(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new TextDataset(this, [.. rows]);
    }

    /// <summary>The same, and the array becomes the data set's own.</summary>
    internal TextDataset SubsetOf(int[] rows) => new(this, rows);

    /// <summary>Makes a data set from pairs in memory; line n is the n-th pair, counted from 1.</summary>
    /// <param name="pairs">A text and its label, each.</param>
    /// <param name="name">What messages call the data.</param>
    public static TextDataset FromPairs(IEnumerable<(string Text, string Label)> pairs, string name = "the examples")
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var examples = new List<TextExample>();
        foreach ((string text, string label) in pairs) examples.Add(new TextExample(text, label, examples.Count + 1));
        return new TextDataset(name, examples);
    }

    /// <summary>The labels that occur in ordinal order, and the numbers that fit them.</summary>
    private static (string[] Labels, int[] Numbers) InOrder(IReadOnlyList<string> labels, int[] numbers)
    {
        var occurs = new bool[labels.Count];
        foreach (int number in numbers) occurs[number] = true;
        int[] order = [.. Enumerable.Range(0, labels.Count).Where(i => occurs[i])];
        Array.Sort(order, (a, b) => string.CompareOrdinal(labels[a], labels[b]));
        var places = new int[labels.Count];
        for (int i = 0; i < order.Length; i++) places[order[i]] = i;
        for (int i = 0; i < numbers.Length; i++) numbers[i] = places[numbers[i]];
        return ([.. order.Select(i => labels[i])], numbers);
    }
}
