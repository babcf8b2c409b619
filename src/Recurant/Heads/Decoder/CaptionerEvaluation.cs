using System.Text.Json;

namespace Recurant.Heads;

/// <summary>How well a model says what images show. The loss is that of a word.</summary>
public sealed record CaptionerEvaluation : Score
{
    /// <inheritdoc/>
    public override string Measure => "exact";

    /// <inheritdoc/>
    public override double Value => Exact;

    /// <summary>The number of images.</summary>
    public required int Rows { get; init; }

    /// <summary>The share of sentences that are exactly the expected one, 0 to 1.</summary>
    public required double Exact { get; init; }

    /// <summary>BLEU, 0 to 100: see <see cref="Data.Bleu"/>.</summary>
    public required double Bleu { get; init; }

    internal override long Count => Rows;

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("rows", Rows);
        writer.WriteNumber("exact", Exact);
        writer.WriteNumber("bleu", Bleu);
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote.</summary>
    internal static CaptionerEvaluation Read(JsonElement members) => new()
    {
        Rows = members.GetProperty("rows").GetInt32(),
        Loss = members.GetProperty("loss").GetDouble(),
        Exact = members.GetProperty("exact").GetDouble(),
        Bleu = members.GetProperty("bleu").GetDouble(),
    };

    /// <summary>Scores sentences against the expected ones.</summary>
    internal static CaptionerEvaluation Of(IReadOnlyList<string> found, IReadOnlyList<string> expected, double loss) => new()
    {
        Rows = found.Count,
        Loss = loss,
        Exact = (double)found.Where((text, i) => text == expected[i]).Count() / Math.Max(1, found.Count),
        Bleu = Data.Bleu.Corpus(found, expected).Score,
    };

    /// <summary>The scores of saying the most frequent sentence of some images of all others; the loss is NaN.</summary>
    /// <param name="train">Where the sentence comes from.</param>
    /// <param name="test">What is scored.</param>
    public static CaptionerEvaluation OfMostFrequent(CaptionDataset train, CaptionDataset test)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        string sentence = train.Images.CountBy(image => image.Sentence, StringComparer.Ordinal)
            .OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).First().Key;
        string[] expected = [.. test.Images.Select(image => image.Sentence)];
        return Of([.. expected.Select(_ => sentence)], expected, double.NaN);
    }
}
