namespace Recurant.Formats;

/// <content>What names the series.</content>
internal sealed partial class SeriesLayout
{
    private void FindId()
    {
        if (PlacesOfId() is [int asked, .. int[] more])
        {
            (Id, MoreIds) = (asked, more);
            return;
        }

        int[] time = Time?.Places ?? [];
        bool headless = !HasHeader && _source.Names is null;
        if (headless && Time is null && Width >= 3 && AreUnitAndCycle())
        {
            Id = 0;
            TakeCounter(1);
            return;
        }

        int[] candidates = [.. Enumerable.Range(0, Width).Where(i => !time.Contains(i) && CanBeId(i))];
        int[] known = [.. candidates.Where(i => SeriesNames.RankOfId(Names[i]) < SeriesNames.Unknown)
            .OrderBy(i => SeriesNames.RankOfId(Names[i]))];
        if (Time is null)
        {
            // Without times: a known name whose values stand together.
            Id = Array.Find([.. known.Where(AreRuns), Array.IndexOf(Names, _source.FileColumn), None], _ => true);
            return;
        }

        long[] times = Times();
        int repeated = Repeated(null, times);
        if (repeated == 0)
        {
            // One series so far, or one behind the other.
            Id = Array.Find([.. known.Where(i => Sketches[i].Distinct == 1 || AreRuns(i)), None], _ => true);
            return;
        }

        // Times come again: the column that tells their rows apart best, known names first.
        (int Left, int Class, int Place)[] ranked = [.. candidates.Where(i => Sketches[i].Distinct > 1
            && CanTellApart(i, repeated))
            .Select(i => (Left: Repeated(_sample.Cells(i), times), Class: ClassOfId(i), Place: i))
            .Where(each => each.Left <= (each.Class == 0 ? 0.75 : 0.2) * repeated)
            .OrderBy(each => each.Class).ThenBy(each => each.Left).ThenBy(each => Sketches[each.Place].Distinct)];
        bool clear = ranked.Length > 0 && ranked[0].Left <= 0.2 * repeated;
        if (!clear && FindPair(candidates, times, repeated)) return;
        if (ranked.Length == 0) return;
        Id = ranked[0].Place;
        OtherIds.AddRange(ranked.Skip(1).Where(each => each.Class < 2).Take(MostOthers).Select(each => Names[each.Place]));
    }

    /// <summary>Two columns that name the series only together: a shop and an article.</summary>
    private bool FindPair(int[] candidates, long[] times, int repeated)
    {
        const int MostCandidates = 8;
        int[] some = [.. candidates.Where(i => Sketches[i].Distinct > 1 && CanTellApart(i, repeated))
            .OrderBy(ClassOfId).ThenBy(i => Sketches[i].Distinct).Take(MostCandidates)];
        (int Left, int Class, int Distinct, int First, int Second) best = (int.MaxValue, 0, 0, 0, 0);
        for (int a = 0; a < some.Length; a++)
        {
            for (int b = a + 1; b < some.Length; b++)
            {
                (int first, int second) = (Math.Min(some[a], some[b]), Math.Max(some[a], some[b]));
                string[] both = [.. _sample.Cells(first).Zip(_sample.Cells(second), (x, y) => $"{x}/{y}")];
                int left = Repeated(both, times);
                if (left > 0.05 * repeated) continue;
                var found = (left, ClassOfId(first) + ClassOfId(second), both.Distinct().Count(), first, second);
                bool better = best.Left == int.MaxValue
                    || (found.Item2, found.left, found.Item3).CompareTo((best.Class, best.Left, best.Distinct)) < 0;
                if (better) best = found;
            }
        }

        if (best.Left == int.MaxValue) return false;
        (Id, MoreIds) = (best.First, [best.Second]);
        return true;
    }

    /// <summary>0 for known names, 1 for words, 2 for numbers.</summary>
    private int ClassOfId(int column) => SeriesNames.RankOfId(Names[column]) < SeriesNames.Unknown ? 0
        : Sketches[column].IsCategory ? 1 : 2;

    /// <summary>Numbers name series only where these have several rows each; a few rows of one time are faults.</summary>
    private bool CanTellApart(int column, int repeated) => ClassOfId(column) < 2
        || (3 * Sketches[column].Distinct <= _sample.Rows.Count && repeated >= 0.3 * _sample.Rows.Count
            && !SeriesRoles.IsTarget(Names[column]));

    /// <summary>The columns that the option names; several have commas between.</summary>
    private int[] PlacesOfId()
    {
        if (_options.Id is not { } asked) return [];
        bool several = asked.Contains(',') && !Names.Contains(asked, StringComparer.OrdinalIgnoreCase);
        return several ? [.. asked.Split(',').Select(name => Place(name.Trim(), "series"))] : [Place(asked, "series")];
    }

    /// <summary>The first column numbers machines and the second their cycles, as in files without names.</summary>
    private bool AreUnitAndCycle()
    {
        if (!Sketches[0].IsWhole || !Sketches[1].IsWhole) return false;
        string[] units = _sample.Cells(0), cycles = _sample.Cells(1);
        for (int row = 1; row < units.Length; row++)
        {
            if (!long.TryParse(cycles[row], out long cycle) || !long.TryParse(cycles[row - 1], out long before)) return false;
            if (units[row] == units[row - 1] ? cycle != before + 1 : cycle > 1) return false;
        }

        return units.Length > 2 && units[0] == units[1];
    }

    private bool CanBeId(int column) => (Sketches[column].IsCategory || Sketches[column].IsWhole)
        && Sketches[column].Missing == 0 && !SeriesNames.IsRowNumber(Names[column]);

    private bool AreRuns(int column)
    {
        string[] cells = _sample.Cells(column);
        int runs = 1;
        for (int i = 1; i < cells.Length; i++) runs += cells[i] == cells[i - 1] ? 0 : 1;
        return runs == Sketches[column].Distinct && (runs <= cells.Length / 2
            || (Sketches[column].IsCategory && cells.Length == 1));
    }

    private long[] Times()
    {
        var row = new SampleRow();
        var times = new long[_sample.Rows.Count];
        for (int i = 0; i < times.Length; i++)
        {
            row.Fields = _sample.Rows[i];
            times[i] = Time!.TryRead(row, out long ticks, out TimeSpan offset) ? ticks - offset.Ticks : -1 - i;
        }

        return times;
    }

    private static int Repeated(string[]? ids, long[] times)
    {
        var seen = new HashSet<(string, long)>();
        int repeated = 0;
        for (int i = 0; i < times.Length; i++) repeated += seen.Add((ids?[i] ?? "", times[i])) ? 0 : 1;
        return repeated;
    }
}
