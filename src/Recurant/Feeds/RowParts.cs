namespace Recurant.Feeds;

/// <summary>
/// Rows that are scored part by part, so that neither what they are encoded to nor the answers are in memory together. Every part
/// is spread over all rows: where time ends after some parts, rows from everywhere have been looked at.
/// </summary>
internal static class RowParts
{
    /// <summary>The rows of each part in turn; at least one part, if there are rows.</summary>
    /// <param name="phase">What it is called, such as "validating".</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="rowsOfPart">The most rows of a part.</param>
    /// <param name="work">Told of every part; may end it after one.</param>
    public static IEnumerable<int[]> Of(string phase, int count, int rowsOfPart, PhaseWork work)
    {
        int parts = Math.Max(1, (count + rowsOfPart - 1) / rowsOfPart), done = 0;
        for (int part = 0; part < parts && count > 0; part++)
        {
            work.Tell(phase, done, count);
            if (part > 0 && work.IsLate) break;
            var rows = new int[(count - part + parts - 1) / parts];
            for (int i = 0; i < rows.Length; i++) rows[i] = part + i * parts;
            yield return rows;
            done += rows.Length;
        }

        work.Tell(phase, count, count);
    }
}
