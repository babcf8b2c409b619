namespace Recurant.Tasks;

/// <summary>A table as a model of sequences reads it: its columns, and the right answers where they are there.</summary>
internal sealed class SequenceRows
{
    private readonly SeriesSpec _spec;
    private readonly float[][] _columns;
    private readonly (float[] Values, float[] Ages)?[] _known;
    private readonly float[]? _targets;

    /// <summary>Finds the columns of a model in a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="model">The model.</param>
    /// <param name="needsTarget">Whether the right answers must be there.</param>
    /// <exception cref="InvalidDataException">
    /// A column is not there, no right answer is, or one is none of the model's.
    /// </exception>
    public SequenceRows(SeriesTable table, SeriesModel model, bool needsTarget)
    {
        (Table, _spec) = (table, model.Spec);
        _columns = [.. model.Spec.Columns.Select(column => SeriesFault.Require(table, column).Values)];
        _known = LastKnown.Of(table, _spec.Columns, _columns);
        if (needsTarget) _targets = TargetsOf(table.RequireAnswers(model.Spec.Target), model);
    }

    public SeriesTable Table { get; }

    /// <summary>The right answer of a row: the number of a label, or a number; NaN where it is not known.</summary>
    public float Target(int series, int step) => _targets![Table.Series[series].First + step];

    /// <summary>The right answer to a sequence up to a step: that of its last row where it is known.</summary>
    public float TargetUpTo(int series, int end)
    {
        for (int step = end - 1; step >= 0; step--)
        {
            float target = Target(series, step);
            if (!float.IsNaN(target)) return target;
        }

        return float.NaN;
    }

    /// <summary>A value as the table has it.</summary>
    public float ValueOf(SeriesColumnSpec column, int series, int step)
    {
        for (int i = 0; i < _columns.Length; i++)
        {
            if (ReferenceEquals(_spec.Columns[i], column)) return _columns[i][Table.Series[series].First + step];
        }

        return float.NaN;
    }

    /// <summary>Writes the numbers of a step.</summary>
    public void Write(int series, int step, Span<float> numbers)
    {
        int row = Table.Series[series].First + step;
        for (int i = 0; i < _columns.Length; i++)
        {
            numbers = _known[i] is { } known
                ? _spec.Columns[i].Write(_columns[i][row], numbers, known.Values[row], known.Ages[row])
                : _spec.Columns[i].Write(_columns[i][row], numbers);
        }
    }

    /// <summary>The name of the label that a value of the target column stands for.</summary>
    public static string LabelOf(SeriesColumn column, float value) => column.Categories is { } categories
        ? categories[(int)value] : value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private float[] TargetsOf(SeriesColumn column, SeriesModel model)
    {
        if (!_spec.IsOfLabels)
        {
            if (column.Categories is not null)
            {
                throw new InvalidDataException(
                    $"{Table.Name}: the column \"{column.Name}\" holds categories, such as \"{column.Categories[0]}\"; the model "
                    + "answers with numbers.");
            }

            return _spec.TargetCap is { } cap ? [.. column.Values.Select(value => Math.Min(value, cap))] : column.Values;
        }

        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < model.Labels.Count; i++) numbers[model.Labels[i]] = i;
        var known = new Dictionary<float, float>();
        var targets = new float[column.Count];
        for (int row = 0; row < targets.Length; row++)
        {
            float value = column[row];
            targets[row] = float.NaN;
            if (float.IsNaN(value)) continue;
            if (!known.TryGetValue(value, out float number))
            {
                string label = LabelOf(column, value);
                if (!numbers.TryGetValue(label, out int found))
                {
                    throw new InvalidDataException(
                        $"{Table.Name}: row {row + 1} of the column \"{column.Name}\" has the label \"{label}\", which is "
                            + $"none of "
                        + $"the model's: {string.Join(", ", model.Labels.Take(12))}{(model.Labels.Count > 12 ? ", ..." : "")}.");
                }

                known[value] = number = found;
            }

            targets[row] = number;
        }

        return targets;
    }
}

/// <summary>A part of a sequence.</summary>
/// <param name="Series">The series.</param>
/// <param name="First">Its first step.</param>
/// <param name="Count">The number of its steps.</param>
internal readonly record struct SequencePiece(int Series, int First, int Count)
{
    /// <summary>The step behind its last.</summary>
    public int End => First + Count;
}
