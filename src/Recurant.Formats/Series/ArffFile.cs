namespace Recurant.Formats;

/// <summary>
/// The format .arff of Weka, in which the UCR and UEA archives stand as well: a row is a table's row or, where it has many
/// numbered attributes or a relational one, a sequence.
/// </summary>
internal sealed class ArffFile
{
    private readonly DataFile _file;
    private readonly TextFile _text;
    private readonly List<Attribute> _attributes = [];

    private ArffFile(DataFile file, TextFile text)
    {
        (_file, _text) = (file, text);
    }

    internal static SeriesFile Read(DataFile file, SeriesFormatOptions options)
    {
        ArffFile head;
        using (TextFile text = file.OpenText())
        {
            head = new ArffFile(file, text);
            head.ReadHead();
            if (head._attributes.Exists(each => each.Dimensions > 0)) return head.ReadRelational(options);
        }

        string[] names = [.. head._attributes.Select(each => each.Name)];
        Attribute last = head._attributes[^1];
        if (options.Label is null && last.Classes is not null) options = options with { Label = last.Name };
        var source = new SeriesSource(file.Path, "ARFF", () => new ArffRows(file, names.Length), names);
        return SeriesTableReader.Read(source, options);
    }

    private void ReadHead()
    {
        Attribute? relation = null;
        while (Next(_text, out ReadOnlySpan<char> line))
        {
            if (line[0] != '@')
            {
                throw _text.Error(1, "the head of an .arff file is expected: lines that begin with @, and @data before the first "
                    + "row.");
            }

            int blank = line.IndexOfAny(' ', '\t');
            string key = (blank < 0 ? line[1..] : line[1..blank]).ToString().ToLowerInvariant();
            ReadOnlySpan<char> rest = blank < 0 ? default : line[blank..].Trim();
            switch (key)
            {
                case "relation":
                    break;
                case "attribute":
                    Attribute attribute = ReadAttribute(rest);
                    if (relation is not null) relation.Dimensions++;
                    else _attributes.Add(attribute);
                    if (attribute.IsRelation) relation = attribute;
                    break;
                case "end":
                    relation = null;
                    break;
                case "data":
                    if (_attributes.Count == 0) throw _text.Error(1, "there is no @attribute above @data.");
                    foreach (Attribute each in _attributes)
                    {
                        if (each.IsRelation) each.Dimensions = Math.Max(1, each.Dimensions);
                    }

                    return;
                default:
                    throw _text.Error(1, $"@{key} is none of @relation, @attribute, @end and @data.");
            }
        }

        throw SeriesFault.Of($"{_file}: there is no line @data; the rows are expected below it.");
    }

    private Attribute ReadAttribute(ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty) throw _text.Error(1, "a name and a type are expected behind @attribute.");
        int end = rest[0] is '\'' or '"' ? rest[1..].IndexOf(rest[0]) + 1 : rest.IndexOfAny(" \t{");
        if (end <= 0) throw _text.Error(1, "a name and a type are expected behind @attribute.");
        bool quoted = rest[0] is '\'' or '"';
        string name = quoted ? rest[1..end].ToString() : rest[..end].ToString();
        string type = rest[(quoted ? end + 1 : end)..].Trim().ToString();
        return new Attribute(name)
        {
            Classes = type.StartsWith('{')
                ? [.. type.Trim('{', '}', ' ').Split(',').Select(each => each.Trim(' ', '\'', '"'))] : null,
            IsRelation = type.Equals("relational", StringComparison.OrdinalIgnoreCase),
        };
    }

    /// <summary>Rows of a quoted relation, whose dimensions stand in lines, and a class.</summary>
    private SeriesFile ReadRelational(SeriesFormatOptions options)
    {
        int relation = _attributes.FindIndex(each => each.IsRelation);
        int label = _attributes.FindLastIndex(each => !each.IsRelation);
        var raw = new SeriesRaw { Path = _file.Path };
        RawColumn? labels = label < 0 ? null : new RawColumn(
            _attributes[label].Name, 0, _attributes[label].Classes is null ? null : new CategoryPool());
        int uneven = 0;
        while (Next(_text, out ReadOnlySpan<char> line))
        {
            List<string> fields = Fields(line);
            if (fields.Count != _attributes.Count)
            {
                throw _text.Error(0, $"{_attributes.Count} values are expected, the relation in quotes; found {fields.Count}.");
            }

            string[] dimensions = fields[relation].Split(["\\n", "\n"], StringSplitOptions.RemoveEmptyEntries);
            if (raw.Columns.Count == 0)
            {
                for (int i = 0; i < dimensions.Length; i++)
                {
                    raw.Columns.Add(new RawColumn(dimensions.Length == 1 ? "value" : $"dim{i + 1}", i, null));
                }

                if (labels is not null) raw.Columns.Add(labels);
            }

            if (dimensions.Length + (labels is null ? 0 : 1) != raw.Columns.Count)
            {
                throw _text.Error(0, $"the relation has {dimensions.Length} lines; those before it have other numbers of them.");
            }

            string[][] values = [.. dimensions.Select(each => each.Split(','))];
            int length = values.Max(each => each.Length);
            uneven += values.Any(each => each.Length != length) ? 1 : 0;
            int series = raw.Ids.Count;
            raw.Ids.Add((series + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
            float labelValue = labels is null ? 0 : LabelOf(fields[label], labels);
            for (int step = 0; step < length; step++)
            {
                raw.AddRow(series);
                for (int i = 0; i < values.Length; i++)
                {
                    raw.Columns[i].Values.Add(step < values[i].Length ? Number(values[i][step]) : float.NaN);
                }

                labels?.Values.Add(labelValue);
            }
        }

        if (raw.Ids.Count == 1) raw.Ids[0] = "";
        if (uneven > 0)
        {
            raw.Notes.Add($"{_file}: in {uneven:N0} sequences the dimensions have several lengths; the shorter ones have no "
                + "values at their ends.");
        }

        SeriesTable table = SeriesExpectation.Apply(SeriesAssembly.Build(raw, options), options.Expected);
        return SeriesRoles.Describe(
            table, "ARFF", options, label: labels is not null && table.IndexOf(labels.Name) >= 0 ? labels.Name : null);
    }

    private float LabelOf(string text, RawColumn labels) => labels.Categories is not { } pool ? Number(text)
        : NumberCells.IsMissing(text) ? float.NaN : pool.Add(text);

    private float Number(string text)
    {
        NumberCell kind = NumberCells.Read(text.Trim(), comma: false, out float value);
        return kind is NumberCell.Number or NumberCell.Missing ? value
            : throw _text.Error(0, $"{Suggestion.Quote(text.Trim())} is no finite number. Write ? for a missing value.");
    }

    private static List<string> Fields(ReadOnlySpan<char> line)
    {
        var fields = new List<string>();
        int start = 0;
        char quote = '\0';
        for (int i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && quote != '\0')
            {
                quote = line[i] == quote ? '\0' : quote;
            }
            else if (i == line.Length || line[i] == ',')
            {
                fields.Add(line[start..i].Trim().Trim("'\"").ToString());
                start = i + 1;
            }
            else if (line[i] is '\'' or '"')
            {
                quote = line[i];
            }
        }

        return fields;
    }

    /// <summary>Goes to the next line that is no comment and not blank.</summary>
    private static bool Next(TextFile text, out ReadOnlySpan<char> line)
    {
        while (text.TryReadLine(out line))
        {
            line = line.Trim();
            if (!line.IsEmpty && line[0] != '%') return true;
        }

        return false;
    }

    private sealed record Attribute(string Name)
    {
        internal string[]? Classes { get; init; }

        internal bool IsRelation { get; init; }

        /// <summary>Of a relation: at least how many attributes it has.</summary>
        internal int Dimensions { get; set; }
    }

    /// <summary>The rows below @data.</summary>
    private sealed class ArffRows : FieldRows
    {
        private readonly TextFile _text;
        private readonly int _width;
        private List<string> _fields = [];

        internal ArffRows(DataFile file, int width)
        {
            _text = file.OpenText();
            _width = width;
            while (Next(_text, out ReadOnlySpan<char> line) && !line.StartsWith("@data", StringComparison.OrdinalIgnoreCase))
            {
                // the head is known
            }
        }

        internal override int Count => _fields.Count;

        internal override ReadOnlySpan<char> this[int field] => _fields[field];

        internal override bool Read()
        {
            if (!Next(_text, out ReadOnlySpan<char> line)) return false;
            Line = _text.LineNumber;
            if (line[0] == '{') throw _text.Error(1, "sparse rows are not read; write all values of a row.");
            _fields = Fields(line);
            return _fields.Count == _width ? true : throw _text.Error(
                0, $"{_width} values are expected, one for each attribute; found {_fields.Count}.");
        }

        internal override InvalidDataException Error(int field, string message) => TextFile.Error(_text.Path, Line, 0, message);

        public override void Dispose() => _text.Dispose();
    }
}
