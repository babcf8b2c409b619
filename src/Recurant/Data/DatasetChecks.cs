using System.Globalization;
using System.Text;

namespace Recurant.Data;

/// <summary>Looks for faults in a data set that would make training or scoring meaningless.</summary>
public static class DatasetChecks
{
    private const int LabelsShown = 12;

    /// <summary>Checks that a classifier can learn from the data: at least two labels, none of them seen once only.</summary>
    /// <param name="train">All data that training and validation are to share.</param>
    /// <exception cref="InvalidDataException">A check failed; the message names the file, the label and the line.</exception>
    public static void ForTraining(TextDataset train)
    {
        ArgumentNullException.ThrowIfNull(train);
        if (train.Count == 0) throw new InvalidDataException($"{train.Name}: there are no examples to train on.");
        if (train.Labels.Count == 1)
        {
            throw new InvalidDataException(
                $"{train.Name}: all {train.Count} rows have the label \"{train.Labels[0]}\". "
                + "A classifier needs at least two labels: add rows of another, or name the right column as the label.");
        }

        var counts = new int[train.Labels.Count];
        foreach (int label in train.LabelNumbers) counts[label]++;
        int single = 0;
        TextExample? first = null;
        for (int i = 0; i < train.Count; i++)
        {
            if (counts[train.LabelNumbers[i]] == 1)
            {
                single++;
                first ??= train.Examples[i];
            }
        }

        if (first is not null)
        {
            string others = single switch
            {
                1 => "",
                2 => " (One more label occurs only once.)",
                _ => $" ({single - 1} more labels occur only once.)",
            };
            throw new InvalidDataException(
                $"{Place(train, first)}: the label \"{first.Label}\" occurs only once. At least 2 examples of a label are "
                + $"needed, one for training and one for validation: add another, remove the row or correct its label.{others}");
        }
    }

    /// <summary>
    /// Finds labels that are probably one label in several spellings: numbers of one value (1 and 1.0), and labels that differ
    /// only in capitals, blanks, hyphens, invisible characters or the Unicode form of their letters (NFC and NFD).
    /// </summary>
    /// <param name="labels">The labels of a data set.</param>
    /// <returns>The groups, in the order of their first labels; empty if there are none.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> LabelsSpeltAlike(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return LabelSpelling.Alike(labels);
    }

    /// <summary>A group of labels spelt alike, for messages: in quotes, and what cannot be seen of them in words.</summary>
    /// <param name="group">One of the groups of <see cref="LabelsSpeltAlike"/>.</param>
    public static string DescribeSpellings(IReadOnlyList<string> group)
    {
        ArgumentNullException.ThrowIfNull(group);
        bool mixed = group.Any(LabelSpelling.IsDecomposed) && !group.All(LabelSpelling.IsDecomposed);
        return string.Join(" and ", group.Select(label => $"\"{label}\""
            + (mixed ? LabelSpelling.IsDecomposed(label) ? " (Unicode NFD)" : " (Unicode NFC)" : "")));
    }

    /// <summary>Checks that every label of the test data occurs in the training data.</summary>
    /// <param name="train">What the model learns, or has learnt, from.</param>
    /// <param name="test">What it is to be scored on.</param>
    /// <exception cref="InvalidDataException">A label is new; the message names file, line and the known labels.</exception>
    public static void TestLabelsKnown(TextDataset train, TextDataset test)
    {
        ArgumentNullException.ThrowIfNull(train);
        TestLabelsKnown(train.Labels, test);
    }

    /// <summary>Checks that every label of the test data is one of those a model knows.</summary>
    /// <param name="known">The labels of the model.</param>
    /// <param name="test">What it is to be scored on.</param>
    /// <exception cref="InvalidDataException">A label is new; the message names file, line and the known labels.</exception>
    public static void TestLabelsKnown(IReadOnlyList<string> known, TextDataset test)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(test);
        var set = new HashSet<string>(known, StringComparer.Ordinal);
        for (int i = 0; i < test.Count; i++)
        {
            if (!set.Contains(test.Labels[test.LabelNumbers[i]]))
            {
                TextExample example = test.Examples[i];
                throw new InvalidDataException(
                    $"{Place(test, example)}: the label \"{example.Label}\" never occurs in the training data, "
                    + $"whose labels are {List(known)}. Correct the label, or train with examples of it.");
            }
        }
    }

    private static string Place(TextDataset data, TextExample example) =>
        example.Line > 0 ? $"{example.File ?? data.Name}, line {example.Line}" : example.File ?? data.Name;

    private static string List(IReadOnlyList<string> labels)
    {
        var text = new StringBuilder();
        for (int i = 0; i < Math.Min(labels.Count, LabelsShown); i++)
        {
            text.Append(i == 0 ? "\"" : ", \"").Append(labels[i]).Append('"');
        }

        return labels.Count > LabelsShown
            ? text.Append(CultureInfo.InvariantCulture, $" and {labels.Count - LabelsShown} more").ToString()
            : text.ToString();
    }
}
