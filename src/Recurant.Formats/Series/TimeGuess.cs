namespace Recurant.Formats;

/// <summary>Finds the patterns by which all cells of a column are times.</summary>
internal static class TimeGuess
{
    private static readonly string[] s_literals = ["\u5E74", "\u6708", "\u65E5", "\uB144", "\uC6D4", "\uC77C", "de", "of"];

    /// <summary>
    /// The patterns that all cells follow, the likelier first; none if there is none. Cells that stand for nothing are passed
    /// over.
    /// </summary>
    /// <param name="column">The name of the column.</param>
    /// <param name="cells">Some of its cells.</param>
    /// <param name="dayFirst">Whether the day stands before the month; null if that is not known.</param>
    internal static List<PatternTime> Find(string column, IReadOnlyList<string> cells, bool? dayFirst)
    {
        string[] there = [.. cells.Where(cell => !NumberCells.IsMissing(cell))];
        if (there.Length == 0 || there[0].Length > 40 || !there[0].Any(char.IsAsciiDigit)) return [];
        int end = DateEnd(there[0]);
        if (Items(there[0][..end]) is not { } first) return [];
        var clock = new ClockStyle();
        int[] widths = [.. first.Items.Select(item => item.Text.Length)];
        foreach (string cell in there)
        {
            int at = DateEnd(cell);
            clock.Learn(cell.AsSpan(at));
            if (Items(cell[..at]) is { } other && other.Items.Count == widths.Length)
            {
                for (int i = 0; i < widths.Length; i++) widths[i] = Math.Min(widths[i], other.Items[i].Text.Length);
            }
        }

        var found = new List<PatternTime>();
        foreach (DateField[] roles in Roles(first.Ahead, first.Items))
        {
            DatePart[] parts = Parts(first.Items, roles, widths);
            var pattern = new PatternTime(column, first.Ahead, parts, clock);
            if ((dayFirst == true && pattern.IsMonthFirst) || (dayFirst == false && pattern.IsDayFirst)) continue;
            if (Array.TrueForAll(there, cell => pattern.TryRead(cell, out _, out _))) found.Add(pattern);
        }

        return found;
    }

    /// <summary>Where the date ends and the time of day begins.</summary>
    private static int DateEnd(string cell)
    {
        int colon = cell.IndexOf(':');
        if (colon > 2)
        {
            int hour = colon;
            while (hour > 0 && char.IsAsciiDigit(cell[hour - 1])) hour--;
            if (colon - hour is 4)
            {
                hour = colon; // 01/Jan/2000:12:00
                return hour;
            }

            int end = hour;
            while (end > 0 && cell[end - 1] is ' ' or 'T' or 't' or '_' or ',') end--;
            return end < hour && end > 0 ? end : cell.Length;
        }

        for (int i = 6; i + 1 < cell.Length; i++)
        {
            bool between = cell[i] is ' ' or 'T' or '_' && char.IsAsciiDigit(cell[i - 1]) && char.IsAsciiDigit(cell[i + 1]);
            if (between && !cell.AsSpan(0, i).Contains(' ') && cell.AsSpan(0, i).ContainsAny("-/.")) return i;
        }

        return cell.Length;
    }

    private static (string Ahead, List<(string Text, string Behind)> Items)? Items(string date)
    {
        var items = new List<(string Text, string Behind)>();
        string ahead = "";
        int at = 0;
        while (at < date.Length)
        {
            int start = at;
            bool digit = char.IsAsciiDigit(date[at]), letter = char.IsLetter(date[at]);
            while (at < date.Length && (digit ? char.IsAsciiDigit(date[at]) : letter ? char.IsLetter(date[at])
                : !char.IsAsciiDigit(date[at]) && !char.IsLetter(date[at])))
            {
                at++;
            }

            string text = date[start..at];
            bool literal = !digit && (!letter || s_literals.Contains(text, StringComparer.OrdinalIgnoreCase)
                || text is "Q" or "q" or "W" or "w");
            if (!literal)
            {
                if (!digit && DateNames.Month(text) == 0 && DateNames.Weekday(text) < 0) return null;
                items.Add((text, ""));
            }
            else if (items.Count == 0)
            {
                ahead += text;
            }
            else
            {
                items[^1] = (items[^1].Text, items[^1].Behind + text);
            }
        }

        if (ahead.Length > 0 && ahead is not ("Q" or "q" or "W" or "w")) return null;
        return items.Count is 0 or > 4 ? null : (ahead, items);
    }

    /// <summary>What the items may be; an item of eight or six digits counts once.</summary>
    private static IEnumerable<DateField[]> Roles(string ahead, List<(string Text, string Behind)> items)
    {
        var roles = new DateField?[items.Count];
        bool month = false, quarter = false, weekday = false;
        var numbers = new List<int>();
        for (int i = 0; i < items.Count; i++)
        {
            string before = i == 0 ? ahead : items[i - 1].Behind;
            if (DateNames.Month(items[i].Text) > 0)
            {
                if (month) yield break;
                (roles[i], month) = (DateField.MonthName, true);
            }
            else if (char.IsLetter(items[i].Text[0]))
            {
                if (weekday) yield break;
                (roles[i], weekday) = (DateField.Weekday, true);
            }
            else if (before.EndsWith('Q') || before.EndsWith('q'))
            {
                (roles[i], quarter) = (DateField.Quarter, true);
            }
            else if (before.EndsWith('W') || before.EndsWith('w'))
            {
                (roles[i], quarter) = (DateField.Week, true);
            }
            else
            {
                numbers.Add(i);
            }
        }

        int[] lengths = [.. numbers.Select(i => items[i].Text.Length)];
        // Two short numbers may be anything; a year without its century and a month have a dash or a stroke between.
        if (!month && !quarter && lengths is [<= 2, <= 2] && items[numbers[0]].Behind is not ("-" or "/")) yield break;
        DateField[][] choices = (month, quarter, lengths) switch
        {
            (true, false, [4]) => [[DateField.Year]],
            (true, false, [<= 2]) => [[DateField.ShortYear]],
            (true, false, [4, <= 2]) => [[DateField.Year, DateField.Day]],
            (true, false, [<= 2, 4]) => [[DateField.Day, DateField.Year]],
            (true, false, [<= 2, <= 2]) => [[DateField.Day, DateField.ShortYear], [DateField.ShortYear, DateField.Day]],
            (false, true, [4]) => [[DateField.Year]],
            (false, true, [2]) => [[DateField.ShortYear]],
            (false, false, [4]) => [[DateField.Year]],
            (false, false, [8] or [6]) => [[DateField.Year]], // divided by Parts
            (false, false, [4, <= 2]) => [[DateField.Year, DateField.Month]],
            (false, false, [<= 2, 4]) => [[DateField.Month, DateField.Year]],
            (false, false, [<= 2, <= 2]) => [[DateField.Year, DateField.Month]],
            (false, false, [4, <= 2, <= 2]) => [[DateField.Year, DateField.Month, DateField.Day]],
            (false, false, [<= 2, <= 2, 4]) =>
                [[DateField.Day, DateField.Month, DateField.Year], [DateField.Month, DateField.Day, DateField.Year]],
            (false, false, [<= 2, <= 2, 2]) =>
            [
                [DateField.Day, DateField.Month, DateField.ShortYear], [DateField.Month, DateField.Day, DateField.ShortYear],
                [DateField.ShortYear, DateField.Month, DateField.Day],
            ],
            _ => [],
        };
        foreach (DateField[] choice in choices)
        {
            for (int i = 0; i < choice.Length; i++) roles[numbers[i]] = choice[i];
            yield return [.. roles.Select(role => role!.Value)];
        }
    }

    private static DatePart[] Parts(List<(string Text, string Behind)> items, DateField[] roles, int[] widths)
    {
        if (roles is [DateField.Year] && items[0].Text.Length is 8 or 6)
        {
            var year = new DatePart(DateField.Year, 4, "") { IsFixed = true };
            var month = new DatePart(DateField.Month, 2, "") { IsFixed = true };
            return items[0].Text.Length == 6 ? [year, month]
                : [year, month, new DatePart(DateField.Day, 2, items[0].Behind) { IsFixed = true }];
        }

        // A month without a leading zero tells that days have none either, and the other way round.
        bool unpadded = roles.Where((role, i) => role is DateField.Day or DateField.Month && widths[i] == 1).Any();
        widths = [.. widths.Select((width, i) => unpadded && roles[i] is DateField.Day or DateField.Month ? 1 : width)];
        return [.. items.Select((item, i) => new DatePart(
            roles[i], char.IsLetter(item.Text[0]) ? 0 : Math.Min(2, widths[i])
                + (roles[i] == DateField.Year && widths[i] == 4 ? 2 : 0),
            item.Behind)
        {
            IsLong = char.IsLetter(item.Text[0]) && item.Text.Length > 4,
            IsUpper = char.IsLetter(item.Text[0]) && item.Text.All(char.IsUpper),
            IsLower = char.IsLetter(item.Text[0]) && item.Text.All(char.IsLower),
        })];
    }
}
