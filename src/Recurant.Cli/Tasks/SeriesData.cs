using System.Globalization;
using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>A table of numbers, how its file writes it, and which of its rows test.</summary>
/// <param name="File">The file.</param>
/// <param name="Table">Its table, with the rows of the test.</param>
/// <param name="TestRows">Of each series the rows that test; null where none were named.</param>
internal sealed record SeriesData(SeriesFile File, SeriesTable Table, IReadOnlyList<int>? TestRows)
{
    private const string Key = "table", TimeKey = "time", IdKey = "id", LabelKey = "label";

    private const int MostNotes = 12;

    /// <summary>Reads a file, and tells what it was taken for.</summary>
    public static SeriesData Read(string path, TrainSettings settings, SeriesFormatOptions format, Invocation call)
    {
        SeriesFile file = SeriesReader.Read(settings.File(path), format);
        call.Tell(
        [
            $"{path}: {file.Description}", .. file.Table.Warnings.Take(MostNotes),
            .. file.Table.Warnings.Count > MostNotes
                ? [$"{file.Table.Warnings.Count - MostNotes} more notes of this kind"] : Array.Empty<string>(),
        ]);
        return new SeriesData(file, file.Table, null);
    }

    /// <summary>The same columns for another file of the same kind.</summary>
    public static SeriesFormatOptions Like(SeriesFormatOptions format, SeriesFile file) => format with
    {
        Time = format.Time.Count > 0 ? format.Time : file.TimeColumns, Id = format.Id ?? file.IdColumn,
        Expected = [.. file.Table.Columns.Select(column => new ExpectedColumn(column.Name, column.Categories))],
        Sound = file.Sound,
    };

    /// <summary>The columns that a model reads, in another file.</summary>
    /// <param name="format">What the user says of the file.</param>
    /// <param name="model">The model, whose record tells where time and names stood.</param>
    /// <param name="columns">What it reads.</param>
    /// <param name="targets">What it answers, which may be missing.</param>
    public static SeriesFormatOptions For(
        SeriesFormatOptions format, TrainedModel model, IEnumerable<SeriesColumnSpec> columns,
            IEnumerable<ExpectedColumn> targets)
    {
        (IReadOnlyList<string> time, string? id, string? label) = RecordOf(model);
        return format with
        {
            Time = format.Time.Count > 0 ? format.Time : time, Id = format.Id ?? id, Label = format.Label ?? label,
            Targets = [.. targets.Select(target => target.Name)],
            Expected =
            [
                .. columns.Select(column => new ExpectedColumn(column.Name, column.Categories)
                {
                    MayBeMissing = targets.Any(target => target.Name == column.Name),
                }),
                .. targets.Where(target => columns.All(column => column.Name != target.Name)),
            ],
        };
    }

    /// <summary>Writes where time, names and labels stood, as a member of a training record.</summary>
    public void WriteRecord(Utf8JsonWriter writer, string? label) => writer.WriteObject(Key, members =>
    {
        members.WriteStrings(TimeKey, File.TimeColumns);
        if (File.IdColumn is { } id) members.WriteString(IdKey, id);
        if (label is not null) members.WriteString(LabelKey, label);
    });

    /// <summary>Writes the time and the number of series as members of a result.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        if (Table.Axis is { } axis)
        {
            writer.WriteObject("time", members =>
            {
                members.WriteString("column", string.Join(',', File.TimeColumns));
                members.WriteString("rule", axis.Rule.ToString());
                if (axis.Zone is { } zone) members.WriteString("zone", zone);
                else members.WriteNull("zone");
            });
        }

        writer.WriteNumber("series", Table.Series.Count);
    }

    /// <summary>The time of a row as the file writes times; without times its number, from 1.</summary>
    public string TimeOf(int row, int step) => File.Times is { } format
        ? string.Join(' ', format.Write(Table.InstantOf(row), Table.Axis!)) : Numbers.Plain(step + 1);

    /// <summary>The number of a series that was asked for, from 0.</summary>
    public int SeriesOf(Invocation call) => (call.Whole("--number", 1, Table.Series.Count) ?? 1) - 1;

    /// <summary>How many of a series' rows a setting means: a number of them, or those up to a day.</summary>
    /// <param name="value">The setting.</param>
    /// <param name="series">The series.</param>
    /// <param name="upTo">Whether rows of the day itself are among them.</param>
    public int RowsOf(string value, int series, bool upTo)
    {
        SeriesSpan span = Table.Series[series];
        if (int.TryParse(value, CultureInfo.InvariantCulture, out int rows)) return Math.Min(rows, span.Count);
        if (Table.Axis is not { IsCounted: false })
        {
            throw new UsageException(
                $"\"{value}\" is a day, but the rows of {Table.Name} have no "
                + (Table.Axis is null ? "times" : "dates") + ". Give a number of rows.");
        }

        DateTime day = DateTime.Parse(value, CultureInfo.InvariantCulture);
        if (upTo && day.TimeOfDay == TimeSpan.Zero) day = day.AddDays(1);
        int before = 0;
        while (before < span.Count && Table.TimeOf(span.First + before) < day) before++;
        return before;
    }

    private static (IReadOnlyList<string> Time, string? Id, string? Label) RecordOf(TrainedModel model)
    {
        if (model.TrainingRecord.Length == 0) return ([], null, null);
        using JsonDocument record = JsonDocument.Parse(model.TrainingRecord);
        if (!record.RootElement.TryGetProperty(Key, out JsonElement table) || table.ValueKind != JsonValueKind.Object)
        {
            return ([], null, null);
        }

        return (
            table.TryGetProperty(TimeKey, out JsonElement time) && time.ValueKind == JsonValueKind.Array
                ? [.. time.EnumerateArray().Select(name => name.GetString()!)] : [],
            Text(IdKey), Text(LabelKey));

        string? Text(string key) =>
            table.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()
                : null;
    }
}
