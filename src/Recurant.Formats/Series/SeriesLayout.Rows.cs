namespace Recurant.Formats;

/// <content>Rows that are a series each.</content>
internal sealed partial class SeriesLayout
{
    /// <summary>Rows that are a series each: numbered columns, or columns named by times.</summary>
    private void FindRowsOfSeries()
    {
        if (_options.RowIsSeries == false || (Id >= 0 && _options.RowIsSeries is null && AreRuns(Id)
            && Sketches[Id].Distinct < _sample.Rows.Count))
        {
            return;
        }

        const int FewestSteps = 8, FewestTimes = 3;
        int[] values = [.. Enumerable.Range(0, Width).Where(i => i != Label && i != Id && !Sketches[i].IsCategory)];
        int[] dated = HasHeader
            ? [.. values.Where(i => TimeGuess.Find("", [Names[i]], _options.DayFirst).Count > 0)] : [];
        if (dated.Length >= FewestTimes && TimeGuess.Find("", [.. dated.Select(i => Names[i])],
            _options.DayFirst) is [{ } pattern, ..])
        {
            StepTimes = [.. dated.Select(i => pattern.TryRead(Names[i], out long ticks, out TimeSpan offset)
                ? ticks - offset.Ticks : 0)];
            bool rises = StepTimes.Zip(StepTimes.Skip(1), (a, b) => b > a).All(each => each);
            if (rises && Array.TrueForAll(dated, i => Sketches[i].Numbers + Sketches[i].Missing == _sample.Rows.Count))
            {
                (Time, Steps, RowIsSeries) = (pattern, dated, true);
                pattern.Columns = [];
                FindRowNames(Enumerable.Range(0, Width).Except(dated).Where(i => i != Label));
                return;
            }

            StepTimes = null;
        }

        int[] numbered = HasHeader || _source.Names is not null ? SeriesNames.Numbered(Names, values) : values;
        bool asked = _options.RowIsSeries == true;
        if (asked && numbered.Length < 2) numbered = values;
        bool jagged = _sample.Rows.Exists(row => row.Length != Width);
        bool headless = !HasHeader && _source.Names is null;
        bool firstIsName = Sketches[0] is { IsCategory: true } && Sketches[0].Distinct == _sample.Rows.Count;
        bool labelled = headless && Enumerable.Range(0, Width).Count(i => Sketches[i].IsCategory) == 1;
        if (!asked && (numbered.Length < FewestSteps || (headless && !jagged && !firstIsName && !labelled
            && !AreArchiveRows())))
        {
            return;
        }

        (Steps, RowIsSeries) = (numbered, true);
        if (headless && !firstIsName && Label < 0 && AreArchiveRows())
        {
            Label = 0;
            Steps = [.. Steps.Where(i => i != 0)];
        }

        FindRowNames(Enumerable.Range(0, Width).Except(Steps).Where(i => i != Label));
    }

    /// <summary>The layout of the UCR archive: a class before the values, without a header.</summary>
    private bool AreArchiveRows() => Width >= 12 && Sketches[0].IsWhole && !Sketches[1].IsWhole
        && Sketches[0].Distinct is >= 2 and <= 100 && Sketches[0].Distinct <= _sample.Rows.Count / 2
        && !IsRising(_sample.Cells(0));

    private void FindRowNames(IEnumerable<int> rest)
    {
        foreach (int column in rest)
        {
            bool unique = Sketches[column].Distinct == _sample.Rows.Count && Sketches[column].Missing == 0;
            if (Id < 0 && unique && (Sketches[column].IsCategory || SeriesNames.RankOfId(Names[column]) < SeriesNames.Unknown))
            {
                Id = column;
            }
        }
    }
}
