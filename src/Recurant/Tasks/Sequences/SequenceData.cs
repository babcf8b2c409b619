namespace Recurant.Tasks;

/// <summary>Sequences divided for learning, and the model that they are for.</summary>
internal sealed class SequenceData
{
    /// <summary>A column of more different numbers is one of numbers, not of labels.</summary>
    private const int MostNumberLabels = 100;

    /// <summary>With fewer sequences each gives its end to validate with.</summary>
    private const int FewestDivided = 10;

    /// <summary>Of a sequence whose answer changes along it so many beginnings validate.</summary>
    private const int ValidationEnds = 20;

    public required SeriesTable Given { get; init; }

    public required SeriesTable? ValidationGiven { get; init; }

    public required SeriesModel Model { get; init; }

    public required SequencePlan Plan { get; init; }

    /// <summary>What is learnt from.</summary>
    public required SequenceRows Rows { get; init; }

    /// <summary>What validates: the same table, or one of its own.</summary>
    public required SequenceRows ValidationRows { get; init; }

    /// <summary>The sequences, or parts of them, that are learnt from before the validation is through.</summary>
    public required SequencePiece[] Train { get; init; }

    /// <summary>Those that validate.</summary>
    public required SequencePiece[] Validation { get; init; }

    /// <summary>All of them.</summary>
    public required SequencePiece[] All { get; init; }

    /// <summary>Whether the answer changes along a sequence though one is asked for.</summary>
    public required bool IsPrefix { get; init; }

    public SeriesSpec Spec => Model.Spec;

    /// <summary>Decides all that was left open, and makes the model.</summary>
    /// <exception cref="InvalidDataException">The table has nothing to learn from; the message names it.</exception>
    public static SequenceData Make(SeriesTable table, SequenceOptions options, SeriesTable? validation)
    {
        SeriesColumn target = ColumnOf(table, options.Target);
        SeriesColumn[] inputs = options.Inputs is { } names
            ? [.. names.Select(name => ColumnOf(table, name))]
            : [.. table.Columns.Where(column => column.Name != target.Name)];
        if (inputs.Length == 0)
        {
            throw new InvalidDataException(
                $"{table.Name}: beside \"{target.Name}\" there is no column to read. The columns are "
                    + $"{table.ColumnNames}.");
        }

        bool isConstant = IsConstant(table, target), isNumber = target.Categories is null && IsOfNumbers(target);
        SeriesAnswer answer = options.Answer ?? (isNumber
            ? isConstant ? SeriesAnswer.Number : SeriesAnswer.StepNumbers
            : isConstant ? SeriesAnswer.Label : SeriesAnswer.StepLabels);
        bool isOfSteps = answer is SeriesAnswer.StepLabels or SeriesAnswer.StepNumbers, isPrefix = !isOfSteps && !isConstant;
        string[] labels = answer is SeriesAnswer.Label or SeriesAnswer.StepLabels ? LabelsOf(table, target) : [];
        (SequencePiece[] train, SequencePiece[] held) = validation is null
            ? Divide(table, target, options, isOfSteps) : (Whole(table), Whole(validation));
        if (isPrefix) held = [.. held.SelectMany(Beginnings)];
        SequencePiece[] learnt = [.. train.Where(piece => IsKnown(table, target, piece))];
        if (learnt.Length == 0)
        {
            throw new InvalidDataException(
                $"{table.Name}: no sequence has a value of \"{target.Name}\" to learn from"
                + (validation is null ? " when some are set aside for validation. Give more sequences." : "."));
        }

        SeriesSpec spec = SpecOf(table, target, inputs, learnt, answer, labels, options);
        int longest = learnt.Max(piece => piece.Count);
        int sequences = isOfSteps || isPrefix ? Math.Max(learnt.Length, learnt.Sum(piece => piece.Count) / 64) : learnt.Length;
        SequencePlan plan = SequencePlan.For(
            options, spec, sequences, longest, learnt.Sum(piece => (long)piece.Count), isPrefix);
        var model = new SeriesModel(plan.Spec, labels);
        var rows = new SequenceRows(table, model, needsTarget: true);
        return new SequenceData
        {
            Given = table, ValidationGiven = validation, Model = model, Plan = plan, Rows = rows,
            ValidationRows = validation is null ? rows : new SequenceRows(validation, model, needsTarget: true),
            Train = learnt, Validation = held, IsPrefix = isPrefix,
            All = validation is null ? [.. Whole(table).Where(piece => IsKnown(table, target, piece))] : learnt,
        };
    }

    /// <summary>All sequences of a table, whole.</summary>
    public static SequencePiece[] Whole(SeriesTable table) =>
        [.. table.Series.Select((span, series) => new SequencePiece(series, 0, span.Count))];

    /// <summary>The labels of a column, numbers in their order and names in theirs.</summary>
    private static string[] LabelsOf(SeriesTable table, SeriesColumn target)
    {
        float[] values = [.. target.Values.Where(value => !float.IsNaN(value)).Distinct().Order()];
        string[] labels = [.. values.Select(value => SequenceRows.LabelOf(target, value))];
        if (target.Categories is not null) Array.Sort(labels, StringComparer.Ordinal);
        return labels.Length >= 2 ? labels : throw new InvalidDataException(
            $"{table.Name}: the column \"{target.Name}\" holds "
            + (labels.Length == 0 ? "no label" : $"the label \"{labels[0]}\" alone")
                + "; at least two different ones are needed.");
    }

    private static SeriesSpec SpecOf(
        SeriesTable table, SeriesColumn target, SeriesColumn[] inputs, SequencePiece[] learnt, SeriesAnswer answer,
            string[] labels,
        SequenceOptions options)
    {
        (int, int)[] ranges = [.. learnt.Select(piece => (
            table.Series[piece.Series].First + piece.First, table.Series[piece.Series].First + piece.End))];
        SeriesColumnSpec[] columns = [.. inputs.Select(column => SeriesColumnSpec.Fit(column, ColumnRole.Past, ranges))];
        SeriesColumnSpec[] telling = [.. columns.Where(column => column.Deviation > 0
            && column.Categories is not { Count: < 2 })];
        bool isOfLabels = labels.Length > 0;
        if (!isOfLabels && options.Inputs is null && telling.Length > 1)
        {
            // A column that goes with the answer hardly at all is noise, which a network of few sequences would learn.
            SeriesColumnSpec[] going =
                [.. telling.Where(column => Correlation(table.Columns[table.IndexOf(column.Name)], target, ranges,
                    options.Cap) > 0.1)];
            if (going.Length > 0) telling = going;
        }

        SeriesColumn capped = options.Cap is { } cap && !isOfLabels
            ? new SeriesColumn(target.Name, [.. target.Values.Select(value => Math.Min(value, cap))]) : target;
        SeriesColumnSpec fitted = SeriesColumnSpec.Fit(capped, ColumnRole.Target, ranges);
        return new SeriesSpec
        {
            // What is the same everywhere tells nothing.
            Columns = LastKnown.Read(options.Decay, table.Axis, telling.Length > 0 ? telling : columns),
            Sound = options.Sound, Target = target.Name, Answer = answer, Outputs = isOfLabels ? labels.Length : 1,
            TargetMean = isOfLabels ? 0 : fitted.Mean, TargetDeviation = isOfLabels || fitted.Deviation == 0 ? 1
                : fitted.Deviation,
            TargetCap = isOfLabels ? null : options.Cap, Recurrent = new RecurrentSpec(),
        };
    }

    /// <summary>
    /// Sets a share of the sequences aside, of each label as much; of few sequences that answer step by step the end of each.
    /// </summary>
    private static (SequencePiece[] Train, SequencePiece[] Held) Divide(
        SeriesTable table, SeriesColumn target, SequenceOptions options, bool isOfSteps)
    {
        SequencePiece[] all = Whole(table);
        double share = options.ValidationFraction;
        if (isOfSteps && all.Length < FewestDivided)
        {
            return (
                [.. all.Select(piece => piece with { Count = piece.Count - HeldOf(piece) }).Where(piece => piece.Count > 0)],
                [.. all.Where(piece => HeldOf(piece) > 0).Select(
                    piece => new SequencePiece(piece.Series, piece.Count - HeldOf(piece), HeldOf(piece)))]);
        }

        var order = new int[all.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        new Philox(options.Seed, RandomPurpose.Splitting).Shuffle(order);
        var isHeld = new bool[all.Length];
        foreach (IGrouping<float, int> group in order.GroupBy(i => isOfSteps || target.Categories is null && IsOfNumbers(target)
            ? 0f : target[table.Series[i].First]))
        {
            int[] members = [.. group];
            int count = Math.Min(members.Length - 1, (int)Math.Ceiling(share * members.Length));
            foreach (int i in members.AsSpan(0, count)) isHeld[i] = true;
        }

        (SequencePiece[] train, SequencePiece[] held) =
            ([.. all.Where(piece => !isHeld[piece.Series])], [.. all.Where(piece => isHeld[piece.Series])]);
        return held.Length > 0 ? (train, held) : throw new InvalidDataException(
            $"{table.Name}: {all.Length} sequences are too few to set some aside for validation. Give more, or sequences of "
                + $"their "
            + "own to validate with (--valid on the command line).");

        int HeldOf(SequencePiece piece) => Math.Min(piece.Count - 1, (int)Math.Ceiling(share * piece.Count));
    }

    /// <summary>|Pearson's correlation| of two columns over some rows; of categories 1.</summary>
    private static double Correlation(SeriesColumn column, SeriesColumn target, (int First, int End)[] ranges, float? cap)
    {
        if (column.Categories is not null) return 1;
        double count = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
        // About the first row: sums of squares of large numbers would cancel.
        double x0 = double.NaN, y0 = 0;
        foreach ((int first, int end) in ranges)
        {
            for (int row = first; row < end; row++)
            {
                float a = column[row], b = cap is { } most ? Math.Min(target[row], most) : target[row];
                if (float.IsNaN(a) || float.IsNaN(b)) continue;
                if (double.IsNaN(x0)) (x0, y0) = (a, b);
                (double u, double v) = (a - x0, b - y0);
                (count, x, y, xx, yy, xy) = (count + 1, x + u, y + v, xx + u * u, yy + v * v, xy + u * v);
            }
        }

        double spread = (xx - x * x / count) * (yy - y * y / count);
        return spread > 0 ? Math.Abs(xy - x * y / count) / Math.Sqrt(spread) : 0;
    }

    private static IEnumerable<SequencePiece> Beginnings(SequencePiece piece)
    {
        int count = Math.Min(ValidationEnds, piece.Count);
        return Enumerable.Range(1, count).Select(i => piece with { Count = (int)((long)i * piece.Count / count) });
    }

    private static SeriesColumn ColumnOf(SeriesTable table, string name) => table.IndexOf(name) is >= 0 and var place
        ? table.Columns[place] : throw new InvalidDataException(
            $"{table.Name}: there is no column \"{name}\". The columns are {table.ColumnNames}.");

    /// <summary>Whether each series has one value of a column, or none.</summary>
    private static bool IsConstant(SeriesTable table, SeriesColumn column)
    {
        // One series alone would make a data set of one answer.
        if (table.Series.Count == 1) return false;
        foreach (SeriesSpan span in table.Series)
        {
            float first = float.NaN;
            foreach (float value in column.Values.AsSpan(span.First, span.Count))
            {
                if (float.IsNaN(value)) continue;
                if (float.IsNaN(first)) first = value;
                else if (value != first) return false;
            }
        }

        return true;
    }

    private static bool IsOfNumbers(SeriesColumn column)
    {
        var different = new HashSet<float>();
        foreach (float value in column.Values)
        {
            if (float.IsNaN(value)) continue;
            if (value != MathF.Floor(value) || (different.Add(value) && different.Count > MostNumberLabels)) return true;
        }

        return false;
    }

    private static bool IsKnown(SeriesTable table, SeriesColumn target, SequencePiece piece)
    {
        foreach (float value in target.Values.AsSpan(table.Series[piece.Series].First + piece.First, piece.Count))
        {
            if (!float.IsNaN(value)) return true;
        }

        return false;
    }
}
