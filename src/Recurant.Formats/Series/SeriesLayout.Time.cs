using System.Globalization;

namespace Recurant.Formats;

/// <content>Where the time stands, and how it is written.</content>
internal sealed partial class SeriesLayout
{
    private void FindTime()
    {
        if (_options.Time.Count > 0)
        {
            TakeTime([.. _options.Time.Select(name => Place(name, "time"))]);
            return;
        }

        int[] asked = PlacesOfId();
        int label = PlaceOfLabel();
        int[] free = [.. Enumerable.Range(0, Width).Where(i => !asked.Contains(i) && i != label && !Sketches[i].IsEmpty)];
        int[] dates = [.. free.Where(i => Sketches[i].IsCategory && SeriesNames.IsDateLike(_sample.Cells(i))
            && TimeGuess.Find(Names[i], _sample.Cells(i), _options.DayFirst).Count > 0)
            .OrderBy(i => SeriesNames.RankOfTime(Names[i]))];
        if (dates.Length > 0)
        {
            OtherTimes.AddRange(dates.Skip(1).Take(MostOthers).Select(i => Names[i]));
            int clock = Array.FindIndex(Names, name => KnownNames.Normal(
                name) is "time" or "zeit" or "uhrzeit" or "hour" or "hora");
            if (clock >= 0 && clock != dates[0] && DateAndClock.Find(Names[dates[0]], Names[clock], _sample.Cells(dates[0]),
                _sample.Cells(clock), _options.DayFirst) is { } both)
            {
                both.Places = [dates[0], clock];
                Time = both;
                return;
            }

            TakeTime([dates[0]]);
            return;
        }

        if (PartsTime.Find(Names, [.. free.Where(i => Sketches[i].Numbers > 0)], _sample.Cells) is { } parts)
        {
            Time = parts;
            return;
        }

        // Numbers, by their names; the first column also where it rises.
        foreach (int i in free.Where(i => Sketches[i].IsNumeric)
            .OrderBy(i => SeriesNames.RankOfTime(Names[i])))
        {
            bool known = SeriesNames.RankOfTime(Names[i]) < SeriesNames.Unknown;
            string[] cells = _sample.Cells(i);
            bool first = i == free[0] && IsRising(cells);
            if (!known && !first) continue;
            if (NumericTime.Epoch(Names[i], cells) is { } epoch)
            {
                epoch.Places = [i];
                Time = epoch;
                return;
            }

            bool dateDigits = Sketches[i].IsWhole && cells.All(cell => cell.Length is 8 or 6 or 4)
                && TimeGuess.Find(Names[i], cells, _options.DayFirst) is [{ } compact] && SeriesNames.AreYears(cells)
                && (SeriesNames.IsDateName(Names[i]) || cells[0].Length == 8);
            if (dateDigits)
            {
                TakeTime([i]);
                return;
            }

            if (known && !SeriesNames.IsRowNumber(Names[i]) && Counts(cells))
            {
                TakeCounter(i);
                return;
            }
        }
    }

    private static bool IsRising(string[] cells)
    {
        double before = double.NegativeInfinity;
        foreach (string cell in cells)
        {
            if (!double.TryParse(cell, CultureInfo.InvariantCulture, out double number) || number <= before) return false;
            before = number;
        }

        return cells.Length > 1;
    }

    /// <summary>Whether numbers mostly rise, as those of several series one behind the other or side by side do.</summary>
    private static bool Counts(string[] cells)
    {
        int rises = 0, falls = 0;
        double before = double.NaN;
        foreach (string cell in cells)
        {
            if (!double.TryParse(cell, CultureInfo.InvariantCulture, out double number)) return false;
            rises += number > before ? 1 : 0;
            falls += number < before ? 1 : 0;
            before = number;
        }

        return cells.Length == 1 || 2 * rises >= cells.Length - 1 || (rises > 0 && falls == 0);
    }

    private void TakeCounter(int column)
    {
        NumericTime counter = NumericTime.Counter(Names[column], _sample.Cells(column));
        counter.Places = [column];
        Time = counter;
    }

    private void TakeTime(int[] places)
    {
        if (places.Length > 1)
        {
            if (PartsTime.Find(Names, places, _sample.Cells) is { } parts && parts.Places.Length == places.Length)
            {
                Time = parts;
                return;
            }

            if (places.Length == 2 && DateAndClock.Find(Names[places[0]], Names[places[1]], _sample.Cells(places[0]),
                _sample.Cells(places[1]), _options.DayFirst) is { } both)
            {
                both.Places = places;
                Time = both;
                return;
            }

            throw SeriesFault.Of(
                $"{_source.Path}: the columns {string.Join(", ", places.Select(i => Suggestion.Quote(Names[i])))} make no time. "
                + "Name a year, a month, a day, an hour, a minute and a second, as far as they go, or a date and a time of day.");
        }

        int place = places[0];
        string[] cells = _sample.Cells(place);
        if (Sketches[place].IsNumeric && NumericTime.Epoch(Names[place], cells) is { } epoch)
        {
            epoch.Places = places;
            Time = epoch;
            return;
        }

        List<PatternTime> patterns = Sketches[place].IsNumeric && !SeriesNames.AreYears(cells)
            && !cells.Any(cell => cell.Contains('.'))
            ? [] : TimeGuess.Find(Names[place], cells, _options.DayFirst);
        if (patterns.Count > 0)
        {
            foreach (PatternTime pattern in patterns) pattern.Places = places;
            Time = patterns[0];
            OtherOrder = patterns[0].IsDayFirst ? patterns.Find(pattern => pattern.IsMonthFirst) : null;
            return;
        }

        if (Sketches[place].IsNumeric)
        {
            TakeCounter(place);
            return;
        }

        string example = Array.Find(cells, cell => !NumberCells.IsMissing(cell)) ?? "";
        throw SeriesFault.Of(
            $"{_source.Path}: the column \"{Names[place]}\" holds no times that are known, such as {Suggestion.Quote(example)}. "
            + "Dates such as 2024-01-31, 31.01.2024 or Jan 31 2024, times of day behind them, seconds or milliseconds since 1970 "
            + "and numbers that count are read.");
    }
}
