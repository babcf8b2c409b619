using System.Text;

namespace Recurant.Cli;

/// <summary>The bundled reviews, which travel inside the program.</summary>
internal static class DemoReviews
{
    /// <summary>The reviews to learn from.</summary>
    public static TextDataset Training() => Read("reviews.tsv");

    /// <summary>Reviews with combinations of words that the others lack.</summary>
    public static TextDataset HeldOut() => Read("reviews-heldout.tsv");

    /// <summary>Lines of label, tab, text below a heading; no quotes, no escapes (see samples/README.md).</summary>
    private static TextDataset Read(string name)
    {
        using Stream stream = typeof(DemoReviews).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program was built without {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        reader.ReadLine();
        var examples = new List<TextExample>();
        while (reader.ReadLine() is { } line)
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            examples.Add(new TextExample(line[(tab + 1)..], line[..tab], examples.Count + 2));
        }

        return new TextDataset(name, examples);
    }
}
