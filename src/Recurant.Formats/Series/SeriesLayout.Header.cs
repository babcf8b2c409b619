namespace Recurant.Formats;

/// <content>The names of the columns.</content>
internal sealed partial class SeriesLayout
{
    private void NameColumns()
    {
        List<string[]> rows = _sample.Rows;
        if (rows.Count == 0)
        {
            throw SeriesFault.Of($"{_source.Path}: the file is empty; a table of numbers is expected.");
        }

        string[] first = rows[0];
        if (_source.Names is { } given)
        {
            Names = [.. given];
            return;
        }

        int width = rows.Count == 1 ? first.Length : rows.Skip(1).GroupBy(row => row.Length).OrderByDescending(group =>
            group.Count())
            .ThenByDescending(group => group.Key).First().Key;
        bool jagged = rows.Skip(1).Count(row => row.Length != width) > 0.2 * rows.Count;
        if (jagged) width = rows.Max(row => row.Length);
        if (rows.Count == 1 && !Array.Exists(first, IsNumberOrMissing))
        {
            throw SeriesFault.Of(
                $"{_source.Path}: there is a header and no row below it; rows of numbers are expected.");
        }

        HasHeader = IsHeader(first, width);
        if (HasHeader) rows.RemoveAt(0);
        string[] names = [.. HasHeader ? first : []];
        if (HasHeader && first.Length == width - 1 && !jagged)
        {
            names = ["", .. first];
            Notes.Add($"{_source.Path}: the header names {first.Length} columns and the rows have {width}; the first column is "
                + "taken for row names without a name.");
        }

        width = Math.Max(width, HasHeader ? names.Length : 0);
        Names = new string[width];
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        int twice = 0;
        for (int i = 0; i < width; i++)
        {
            string name = i < names.Length ? names[i] : "";
            if (name.Length == 0) name = HasHeader && i == 0 ? "" : $"c{i + 1}";
            if (seen.TryGetValue(name, out int count))
            {
                seen[name] = count + 1;
                string other = $"{name} ({count + 1})";
                if (twice++ == 0)
                {
                    Notes.Add($"{_source.Path}: several columns are called \"{name}\"; column {i + 1} is called "
                        + $"\"{other}\" here.");
                }

                name = other;
            }

            seen[name] = seen.GetValueOrDefault(name, 1);
            Names[i] = name;
        }

        if (twice > 1) Notes[^1] = Notes[^1].TrimEnd('.') + $", and {twice - 1:N0} more in the same way.";
        if (!jagged) _sample.Keep(row => row.Length == width);
        if (_sample.Rows.Count == 0)
        {
            throw SeriesFault.Of($"{_source.Path}: there is a header and no row below it; rows of numbers are "
                + "expected.");
        }
    }

    /// <summary>Whether the first row names columns: it is no number and no time where those below it are.</summary>
    private bool IsHeader(string[] first, int width)
    {
        int shift = first.Length == width - 1 ? 1 : 0;
        bool numberBelow = false;
        for (int i = 0; i < first.Length; i++)
        {
            bool isNumber = IsNumberOrMissing(first[i]) && first[i].Length > 0;
            string[] below = [.. _sample.Rows.Skip(1).Take(50).Where(row => i + shift < row.Length).Select(row =>
                row[i + shift])];
            bool numbers = below.Any(cell => cell.Length > 0) && below.Count(IsNumberOrMissing) >= 0.8 * below.Length
                && below.Any(cell => !NumberCells.IsMissing(cell));
            if (isNumber && numbers && !IsYearAbove(first)) return false;
            numberBelow |= numbers && !isNumber;
        }

        if (numberBelow) return true;
        // Nothing but words below: names differ from all that is below them.
        return _sample.Rows.Count > 1 && first.All(cell => cell.Length > 0 && TimeGuess.Find("", [cell], null).Count == 0)
            && Enumerable.Range(0, first.Length).All(i => !_sample.Rows.Skip(1).Any(row => i < row.Length && row[i] == first[i]));
    }

    private static bool IsYearAbove(string[] first) => NumberCells.Read(first[0], false, out _) == NumberCell.Other;

    private static bool IsNumberOrMissing(string cell) => NumberCells.Read(cell, false, out _) != NumberCell.Other
        || NumberCells.Read(cell, true, out _) != NumberCell.Other;
}
