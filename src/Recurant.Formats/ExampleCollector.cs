using System.Globalization;
using Recurant.Data;

namespace Recurant.Formats;

/// <summary>Gathers the examples of a file; equal labels share one string.</summary>
internal sealed class ExampleCollector
{
    private readonly List<TextExample> examples = [];
    private readonly HashSet<string> labels = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> labelLookup;
    private TextExample? firstEmpty;
    private int emptyCount;

    internal ExampleCollector()
    {
        labelLookup = labels.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    internal int Count => examples.Count;

    /// <summary>Adds an example; the label is trimmed and must not be blank.</summary>
    internal void Add(ReadOnlySpan<char> text, ReadOnlySpan<char> label, int line, string? file = null)
    {
        label = label.Trim();
        if (!labelLookup.TryGetValue(label, out string? known))
        {
            known = label.ToString();
            labels.Add(known);
        }

        var example = new TextExample(text.ToString(), known, line) { File = file };
        examples.Add(example);
        if (text.IsWhiteSpace())
        {
            emptyCount++;
            firstEmpty ??= example;
        }
    }

    internal TextDataset ToDataset(DataFile from)
    {
        string name = from.Path;
        if (firstEmpty is null)
        {
            return new TextDataset(name, examples) { Warnings = from.Notes };
        }

        string place = firstEmpty.File is null ? "" : $"{firstEmpty.File}, ";
        string count = emptyCount == 1 ? "1 text is" : string.Create(CultureInfo.InvariantCulture, $"{emptyCount} texts are");
        return new TextDataset(name, examples) { Warnings = [.. from.Notes, $"{name}: {count} empty (first: {place}line {firstEmpty.Line})."] };
    }
}
