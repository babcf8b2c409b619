namespace Recurant.Formats;

/// <summary>Refuses texts that are numbers or dates: what is learnt from words would be nonsense.</summary>
internal static class NumericTexts
{
    private const double NearlyAll = 0.95;

    /// <summary>So many texts are looked at, spread over all.</summary>
    private const int TextsLooked = 2000;

    /// <summary>Throws if nearly all texts are numbers or dates.</summary>
    /// <param name="path">The file.</param>
    /// <param name="count">The number of texts.</param>
    /// <param name="text">The text at a place.</param>
    /// <param name="what">What they are called: "texts", "words".</param>
    /// <param name="advice">What insists on them: "give --format lines".</param>
    internal static void Refuse(string path, int count, Func<int, string> text, string what, string advice)
    {
        if (AreNumbers(count, text))
        {
            int example = Enumerable.Range(0, count).First(i => Cells.IsNumeric(text(i)));
            throw new InvalidDataException(
                $"{path}: the {what} are numbers or dates, such as {Suggestion.Quote(text(example).Trim())}. This task "
                + $"reads words: for numbers use the task forecast, or classify, tag or regress on a table of them. If they "
                + $"really "
                + $"are text, {advice}.");
        }
    }

    /// <summary>Whether nearly all texts are numbers or dates.</summary>
    internal static bool AreNumbers(int count, Func<int, string> text)
    {
        int step = Math.Max(1, count / TextsLooked);
        int looked = 0;
        int numeric = 0;
        int firstWords = -1;
        for (int i = 0; i < count; i += step)
        {
            string each = text(i);
            if (Cells.KindOf(each) != CellKind.Missing)
            {
                looked++;
                bool isNumeric = Cells.IsNumeric(each);
                numeric += isNumeric ? 1 : 0;
                firstWords = !isNumeric && firstWords < 0 ? looked : firstWords;
            }
        }

        // The first of them may name the columns of a table.
        looked -= firstWords == 1 && looked > 2 ? 1 : 0;
        return numeric > 0 && numeric >= NearlyAll * looked;
    }
}
