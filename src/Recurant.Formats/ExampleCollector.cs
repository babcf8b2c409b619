using System.Globalization;
using Recurant.Data;

namespace Recurant.Formats;

/// <summary>Gathers the examples of a file, packed.</summary>
internal sealed class ExampleCollector
{
    private readonly ExampleList examples = new();
    private TextExample? firstEmpty;
    private int emptyCount;

    internal int Count => examples.Count;

    /// <summary>Adds an example; the label is trimmed and must not be blank.</summary>
    internal void Add(ReadOnlySpan<char> text, ReadOnlySpan<char> label, int line, string? file = null)
    {
        examples.Add(text, label.Trim(), line, file);
        if (text.IsWhiteSpace())
        {
            emptyCount++;
            firstEmpty ??= examples[examples.Count - 1];
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
