using System.Globalization;

namespace Recurant.Formats;

/// <summary>Gathers the examples of a file, packed.</summary>
internal sealed class ExampleCollector
{
    private const int GroupsShown = 5;

    private readonly ExampleList examples = new();
    private readonly List<string> warnings = [];
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

    /// <summary>Adds something worth telling the user.</summary>
    internal void Warn(string message) => warnings.Add(message);

    internal TextDataset ToDataset(DataFile from)
    {
        string name = from.Path;
        if (firstEmpty is not null)
        {
            string place = firstEmpty.File is null ? "" : $"{firstEmpty.File}, ";
            string count =
                emptyCount == 1 ? "1 text is" : string.Create(CultureInfo.InvariantCulture, $"{emptyCount} texts are");
            warnings.Add($"{name}: {count} empty (first: {place}line {firstEmpty.Line}).");
        }

        var data = new TextDataset(name, examples);
        IReadOnlyList<IReadOnlyList<string>> alike = DatasetChecks.LabelsSpeltAlike(data.Labels);
        if (alike.Count > 0)
        {
            string shown = string.Join("; ", alike.Take(GroupsShown).Select(DatasetChecks.DescribeSpellings));
            warnings.Add(
                $"{name}: labels that differ only in how they are written are different labels: {shown}"
                + $"{(alike.Count > GroupsShown ? "; ..." : "")}. Write them in one way if they mean the same.");
        }

        return new TextDataset(name, examples) { Warnings = [.. from.Notes, .. warnings] };
    }
}
