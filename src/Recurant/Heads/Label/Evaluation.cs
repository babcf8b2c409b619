using System.Text.Json;

namespace Recurant.Heads;

/// <summary>How well a classifier does on labelled texts. The loss is the mean of -ln p(right label).</summary>
public sealed record Evaluation : Score
{
    /// <inheritdoc/>
    public override string Measure => "accuracy";

    /// <inheritdoc/>
    public override double Value => Accuracy;

    /// <summary>The number of texts.</summary>
    public required int Rows { get; init; }

    /// <summary>The share of texts whose most probable label is the right one, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>
    /// The mean over labels of F1 = 2 TP / (2 TP + FP + FN). A label that neither occurs nor is predicted is left out.
    /// </summary>
    public required double MacroF1 { get; init; }

    /// <summary>Confusion[right][predicted]: how often.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    internal override long Count => Rows;

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("rows", Rows);
        writer.WriteNumber("accuracy", Accuracy);
        writer.WriteNumber("macro_f1", MacroF1);
        writer.WriteStartArray("confusion");
        foreach (IReadOnlyList<int> row in Confusion)
        {
            writer.WriteStartArray();
            foreach (int count in row) writer.WriteNumberValue(count);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote.</summary>
    internal static Evaluation Read(JsonElement members) => new()
    {
        Rows = members.GetProperty("rows").GetInt32(),
        Loss = members.GetProperty("loss").GetDouble(),
        Accuracy = members.GetProperty("accuracy").GetDouble(),
        MacroF1 = members.GetProperty("macro_f1").GetDouble(),
        Confusion = [.. members.GetProperty("confusion").EnumerateArray()
            .Select(row => (int[])[.. row.EnumerateArray().Select(count => count.GetInt32())])],
    };

    /// <summary>In place of a class, for a row that was left out.</summary>
    internal const int NotScored = -1;

    /// <summary>Scores predicted classes against the right ones; the losses are summed in the order of the rows.</summary>
    internal static Evaluation Of(int[] predicted, float[] losses, int[] labels, int classes)
    {
        var confusion = new int[classes][];
        for (int j = 0; j < classes; j++) confusion[j] = new int[classes];
        double loss = 0;
        int correct = 0, rows = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (predicted[i] == NotScored) continue;
            rows++;
            confusion[labels[i]][predicted[i]]++;
            if (predicted[i] == labels[i]) correct++;
            loss += losses[i];
        }

        double sumOfF1 = 0;
        int counted = 0;
        for (int j = 0; j < classes; j++)
        {
            int truePositives = confusion[j][j], occurrences = confusion[j].Sum(), predictions = confusion.Sum(row => row[j]);
            if (occurrences + predictions == 0) continue;
            counted++;
            sumOfF1 += 2.0 * truePositives / (occurrences + predictions);
        }

        int count = Math.Max(1, rows);
        return new Evaluation
        {
            Rows = rows,
            Loss = loss / count,
            Accuracy = (double)correct / count,
            MacroF1 = sumOfF1 / Math.Max(1, counted),
            Confusion = confusion,
        };
    }
}
