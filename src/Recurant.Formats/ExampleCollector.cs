using System.Globalization;

namespace Recurant.Formats;

/// <summary>Gathers the examples of a file, packed.</summary>
internal sealed class ExampleCollector
{
    private const int GroupsShown = 5;

    private readonly ExampleList _examples = new();
    private readonly List<string> _warnings = [];
    private TextExample? _firstEmpty;
    private int _emptyCount;

    internal int Count => _examples.Count;

    /// <summary>Adds an example; the label is trimmed and must not be blank.</summary>
    internal void Add(ReadOnlySpan<char> text, ReadOnlySpan<char> label, int line, string? file = null)
    {
        _examples.Add(text, label.Trim(), line, file);
        if (text.IsWhiteSpace())
        {
            _emptyCount++;
            _firstEmpty ??= _examples[_examples.Count - 1];
        }
    }

    /// <summary>Adds something worth telling the user.</summary>
    internal void Warn(string message) => _warnings.Add(message);

    internal TextDataset ToDataset(DataFile from)
    {
        string name = from.Path;
        if (_firstEmpty is not null)
        {
            string place = _firstEmpty.File is null ? "" : $"{_firstEmpty.File}, ";
            string count =
                _emptyCount == 1 ? "1 text is" : string.Create(CultureInfo.InvariantCulture, $"{_emptyCount} texts are");
            _warnings.Add($"{name}: {count} empty (first: {place}line {_firstEmpty.Line}).");
        }

        var data = new TextDataset(name, _examples);
        IReadOnlyList<IReadOnlyList<string>> alike = DatasetChecks.LabelsSpeltAlike(data.Labels);
        if (alike.Count > 0)
        {
            string shown = string.Join("; ", alike.Take(GroupsShown).Select(DatasetChecks.DescribeSpellings));
            _warnings.Add(
                $"{name}: labels that differ only in how they are written are different labels: {shown}"
                + $"{(alike.Count > GroupsShown ? "; ..." : "")}. Write them in one way if they mean the same.");
        }

        return new TextDataset(name, _examples) { Warnings = [.. from.Notes, .. _warnings] };
    }
}
