namespace Recurant.Formats;

/// <summary>Which keys of JSON lines hold the text and the label, told from names and values as in tables.</summary>
internal sealed class JsonLayout
{
    /// <summary>Where the names tell the keys, so many lines are looked at for what else these could be.</summary>
    private const int LinesOfKnownNames = 1000;

    private const int MostOthers = 8;

    private JsonLayout(string text, string? label, IReadOnlyList<string> keys)
    {
        TextKey = text;
        LabelKey = label;
        Keys = keys;
    }

    /// <summary>The key of the text; of a nested one the keys on the way with points between.</summary>
    internal string TextKey { get; }

    /// <summary>The key of the label; null if there is none, or none is wanted.</summary>
    internal string? LabelKey { get; }

    /// <summary>Whether the user named the key of the text, which may then hold numbers.</summary>
    internal bool IsTextAsked { get; private init; }

    /// <summary>All keys.</summary>
    internal IReadOnlyList<string> Keys { get; }

    private IReadOnlyList<string> OtherTexts { get; init; } = [];

    private IReadOnlyList<string> OtherLabels { get; init; } = [];

    /// <summary>Looks through a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What need not be guessed.</param>
    /// <param name="labelled">Whether a label is wanted.</param>
    /// <exception cref="InvalidDataException">A key asked for is not there, or nothing can be the text.</exception>
    internal static JsonLayout Find(DataFile path, TextFormatOptions options, bool labelled)
    {
        using var file = path.OpenText();
        (string[] names, ColumnStatistics[] columns, int firstLine) = Survey(file, options, labelled);
        int text = Resolve(path.Path, firstLine, names, options.TextColumn, "text");
        int label = labelled ? Resolve(path.Path, firstLine, names, options.LabelColumn, "label") : -1;
        if (text >= 0 && text == label)
        {
            throw TextFile.Error(
                path.Path, firstLine, 1, $"the text and the label cannot both be {Suggestion.Quote(names[text])}.");
        }

        var roles = new ColumnRoles(names, columns, text, label, labelled);
        if (roles.Text < 0 || (names.Length == 1 && roles.Text == label))
        {
            throw TextFile.Error(
                path.Path, firstLine, 0,
                $"cannot tell which key holds the text. {Suggestion.Describe("The keys are", "text", names)} "
                + "Name it with --text (TextColumn).");
        }

        if (roles.HasNoText) throw roles.NoText(path.Path, "key", i => Suggestion.Quote(names[i]));
        return new JsonLayout(names[roles.Text], roles.Label < 0 ? null : names[roles.Label], names)
        {
            IsTextAsked = text >= 0,
            OtherTexts = [.. roles.OtherTexts.Take(MostOthers).Select(i => names[i])],
            OtherLabels = [.. roles.OtherLabels.Take(MostOthers).Select(i => names[i])],
        };
    }

    internal DetectedFormat Describe() => new(
        FormatName.JsonLines, false, Suggestion.Quote(TextKey), LabelKey is null ? null : Suggestion.Quote(LabelKey))
    {
        Text = TextKey, Label = LabelKey, OtherTexts = OtherTexts, OtherLabels = OtherLabels,
    };

    /// <summary>That no key can be the label.</summary>
    internal InvalidDataException NoLabel(string path) => TextFile.Error(
        path, 1, 0,
        $"cannot tell which key holds the label. {Suggestion.Describe("The keys are", "label", Keys)} "
        + "Name it with --label (LabelColumn).");

    /// <summary>The keys with single values, in the order in which they come, and what their values look like.</summary>
    private static (string[] Names, ColumnStatistics[] Columns, int FirstLine) Survey(
        TextFile file, TextFormatOptions options, bool labelled)
    {
        var names = new List<string>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var columns = new List<ColumnStatistics>();
        JsonLine? json = null;
        int firstLine = 0;
        int most = int.MaxValue;
        for (int count = 0; count < most && file.TryReadLine(out ReadOnlySpan<char> line);)
        {
            if (line.IsWhiteSpace()) continue;
            json ??= new JsonLine(file);
            firstLine = firstLine == 0 ? file.LineNumber : firstLine;
            json.ReadAll(line, (key, value) =>
            {
                if (!places.TryGetValue(key, out int place))
                {
                    if (names.Count == TableReader.MaximumColumns) return;
                    place = names.Count;
                    places.Add(key, place);
                    names.Add(key);
                    columns.Add(new ColumnStatistics("")); // no first row that may be a header
                }

                columns[place].Add(value);
            });
            if (count++ == 0 && (options.TextColumn is not null || KnownNames.Find(names, KnownNames.Text) >= 0)
                && (!labelled || options.LabelColumn is not null || KnownNames.Find(names, KnownNames.Label) >= 0))
            {
                most = LinesOfKnownNames;
            }
        }

        return ([.. names], [.. columns], firstLine);
    }

    private static int Resolve(string path, int line, string[] names, string? asked, string role)
    {
        if (asked is null) return -1;
        int index = Array.IndexOf(names, asked);
        return index >= 0
            ? index
            : throw TextFile.Error(
                path, line, 0,
                $"there is no key {Suggestion.Quote(asked)} for the {role}. {Suggestion.Describe("The keys are", asked, names)}");
    }
}
