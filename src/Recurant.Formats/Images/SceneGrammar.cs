namespace Recurant.Formats;

/// <summary>
/// The one sentence for digits on a board of two by two places: 0 and 1 are the upper row, 2 and 3 the lower.
/// </summary>
/// <remarks>
/// Two digits: the first in reading order, and where it stands: "a seven above a three", "an eight left of a one", "a two above
/// and left of a six". Three digits: the one that shares its row with one and its column with the other comes first, then
/// that of its row, then that of its column: "a seven left of a two and above a three".
/// </remarks>
internal static class SceneGrammar
{
    private static readonly string[] s_names =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    /// <summary>The sentence.</summary>
    /// <param name="digits">The digit at each of the four places; -1 for none. Two or three must be there.</param>
    internal static string Describe(ReadOnlySpan<int> digits)
    {
        int count = 4 - digits.Count(-1);
        if (count == 3)
        {
            int corner = 3 - digits.IndexOf(-1); // across from the empty place
            int row = corner ^ 1;
            int column = corner ^ 2;
            return $"{Name(digits[corner])} {Beside(corner, row)} {Name(digits[row])} and "
                + $"{Above(corner, column)} {Name(digits[column])}";
        }

        if (count != 2) throw new ArgumentException($"A scene has two or three digits; found {count}.", nameof(digits));
        int first = digits.IndexOfAnyExcept(-1);
        int second = digits.LastIndexOfAnyExcept(-1);
        string relation = first / 2 == second / 2 ? Beside(first, second)
            : first % 2 == second % 2 ? Above(first, second)
            : $"{Above(first, second)} and {Beside(first, second)}";
        return $"{Name(digits[first])} {relation} {Name(digits[second])}";
    }

    private static string Name(int digit) => digit == 8 ? "an eight" : $"a {s_names[digit]}";

    private static string Beside(int place, int other) => place % 2 < other % 2 ? "left of" : "right of";

    private static string Above(int place, int other) => place / 2 < other / 2 ? "above" : "below";
}
