using System.Text.Json;

namespace Recurant.Heads;

/// <summary>How well a model translates, or says anything else in words. The loss is that of a piece of the target.</summary>
public sealed record TranslatorEvaluation : Score
{
    /// <inheritdoc/>
    public override string Measure => "BLEU";

    /// <inheritdoc/>
    public override double Value => Bleu;

    /// <summary>The number of pairs.</summary>
    public required int Rows { get; init; }

    /// <summary>BLEU, 0 to 100: see <see cref="Data.Bleu"/>.</summary>
    public required double Bleu { get; init; }

    /// <summary>chrF2, 0 to 100: see <see cref="Data.Chrf"/>.</summary>
    public required double Chrf { get; init; }

    /// <summary>The share of texts that are exactly the expected one, 0 to 1.</summary>
    public required double Exact { get; init; }

    /// <summary>
    /// The share of texts that have the placeholders of their source, such as {0}, each as often; of those whose source has any.
    /// NaN if none has.
    /// </summary>
    public required double Placeholders { get; init; }

    internal override long Count => Rows;

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("rows", Rows);
        writer.WriteNumber("bleu", Bleu);
        writer.WriteNumber("chrf", Chrf);
        writer.WriteNumber("exact", Exact);
        if (double.IsFinite(Placeholders)) writer.WriteNumber("placeholders", Placeholders);
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote.</summary>
    internal static TranslatorEvaluation Read(JsonElement members) => new()
    {
        Rows = members.GetProperty("rows").GetInt32(),
        Loss = members.GetProperty("loss").GetDouble(),
        Bleu = members.GetProperty("bleu").GetDouble(),
        Chrf = members.GetProperty("chrf").GetDouble(),
        Exact = members.GetProperty("exact").GetDouble(),
        Placeholders = members.TryGetProperty("placeholders", out JsonElement share) ? share.GetDouble() : double.NaN,
    };

    /// <summary>The scores of the sources themselves, of which nothing is translated; the loss is NaN.</summary>
    /// <param name="data">The pairs.</param>
    public static TranslatorEvaluation OfSources(PairDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        string[] sources = [.. data.Pairs.Select(pair => pair.Source)];
        return Of(sources, sources, [.. data.Pairs.Select(pair => pair.Target)], double.NaN);
    }

    /// <summary>Scores texts against the expected ones.</summary>
    internal static TranslatorEvaluation Of(
        IReadOnlyList<string>? sources, IReadOnlyList<string> found, IReadOnlyList<string> expected, double loss)
    {
        int exact = 0, withAny = 0, kept = 0;
        for (int i = 0; i < found.Count; i++)
        {
            if (found[i] == expected[i]) exact++;
            if (sources is null) continue;
            List<string> placeholders = PlaceholdersOf(sources[i]);
            if (placeholders.Count == 0) continue;
            withAny++;
            if (placeholders.SequenceEqual(PlaceholdersOf(found[i]))) kept++;
        }

        return new TranslatorEvaluation
        {
            Rows = found.Count,
            Loss = loss,
            Bleu = Data.Bleu.Corpus(found, expected).Score,
            Chrf = Data.Chrf.Corpus(found, expected),
            Exact = (double)exact / Math.Max(1, found.Count),
            Placeholders = withAny == 0 ? double.NaN : (double)kept / withAny,
        };
    }

    /// <summary>The placeholders of a text in ordinal order: a brace, letters, digits or any of :.,-_ and a brace.</summary>
    internal static List<string> PlaceholdersOf(string text)
    {
        List<string> found = [];
        for (int i = text.IndexOf('{'); i >= 0; i = text.IndexOf('{', i + 1))
        {
            int end = i + 1;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is ':' or '.' or ',' or '-' or '_'))
            {
                end++;
            }

            if (end > i + 1 && end < text.Length && text[end] == '}') found.Add(text[i..(end + 1)]);
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
