using System.Globalization;

namespace Recurant.Heads;

/// <summary>
/// The fewest changes that turn what was found into what is right (Levenshtein 1966), by their kind.
/// <code>
/// (1) d_(i,j) = min(d_(i-1,j-1) + [right_i differs from found_j], d_(i-1,j) + 1, d_(i,j-1) + 1)       d_(i,0) = i, d_(0,j) = j
/// </code>
/// Where several ways are as short, that with a pair at its end is taken, else that with a word left out: the sum of the kinds
/// does not depend on it.
/// </summary>
/// <param name="Substitutions">Taken for another.</param>
/// <param name="Insertions">Found, though not there.</param>
/// <param name="Deletions">There, but not found.</param>
public readonly record struct EditCounts(long Substitutions, long Insertions, long Deletions)
{
    /// <summary>All of them together.</summary>
    public long Errors => Substitutions + Insertions + Deletions;

    /// <summary>Both together.</summary>
    public static EditCounts operator +(EditCounts left, EditCounts right) => new(
        left.Substitutions + right.Substitutions, left.Insertions + right.Insertions, left.Deletions + right.Deletions);

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(EditCounts), PrintMembers);

    /// <summary>The changes between two lists, of words or characters.</summary>
    internal static EditCounts Of<T>(IReadOnlyList<T> right, IReadOnlyList<T> found) where T : IEquatable<T>
    {
        var row = new EditCounts[found.Count + 1];
        for (int j = 1; j <= found.Count; j++) row[j] = new EditCounts(0, j, 0);
        for (int i = 1; i <= right.Count; i++)
        {
            EditCounts diagonal = row[0];
            row[0] = new EditCounts(0, 0, i);
            for (int j = 1; j <= found.Count; j++)
            {
                // (1)
                EditCounts above = row[j], best = right[i - 1].Equals(found[j - 1])
                    ? diagonal : diagonal with { Substitutions = diagonal.Substitutions + 1 };
                if (above.Errors + 1 < best.Errors) best = above with { Deletions = above.Deletions + 1 };
                EditCounts left = row[j - 1];
                if (left.Errors + 1 < best.Errors) best = left with { Insertions = left.Insertions + 1 };
                (diagonal, row[j]) = (above, best);
            }
        }

        return row[found.Count];
    }
}
