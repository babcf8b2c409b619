using System.Globalization;
using System.Text.Json;

namespace Recurant.Heads;

/// <summary>How often something was right: a tag, or the spans of a kind.</summary>
/// <param name="Name">The tag or the kind.</param>
/// <param name="Right">How often it was found where it is.</param>
/// <param name="Found">How often it was found.</param>
/// <param name="Present">How often it is there.</param>
public sealed record TagCount(string Name, int Right, int Found, int Present)
{
    /// <summary>The share of what was found that is right, 0 to 1.</summary>
    public double Precision => Found == 0 ? 0 : (double)Right / Found;

    /// <summary>The share of what is there that was found, 0 to 1.</summary>
    public double Recall => Present == 0 ? 0 : (double)Right / Present;

    /// <summary>F1 = 2 right / (found + present), 0 to 1.</summary>
    public double F1 => Found + Present == 0 ? 0 : 2.0 * Right / (Found + Present);

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(TagCount), PrintMembers);
}

/// <summary>
/// How well a tagger does on tagged sentences. The loss is the mean over words of -ln p(right tags); sentences with a tag that
/// the model does not know have no part in it.
/// </summary>
public sealed record TaggerEvaluation : Score
{
    /// <summary>"span F1" where tags mark spans, otherwise "accuracy".</summary>
    public override string Measure => Spans is null ? "accuracy" : "span F1";

    /// <inheritdoc/>
    public override double Value => Spans?.F1 ?? Accuracy;

    /// <summary>The number of sentences.</summary>
    public required int Sentences { get; init; }

    /// <summary>The number of words.</summary>
    public required int Words { get; init; }

    /// <summary>The share of words with the right tag, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>The number of words that the model does not know, and the share of them with the right tag.</summary>
    public required int UnknownWords { get; init; }

    /// <summary>The share of unknown words with the right tag, 0 to 1; 0 if there are none.</summary>
    public required double UnknownAccuracy { get; init; }

    /// <summary>Every tag, in the order of the model's tags; at the end those only the data has.</summary>
    public required IReadOnlyList<TagCount> Tags { get; init; }

    /// <summary>All spans together; null where tags mark none.</summary>
    public TagCount? Spans { get; init; }

    /// <summary>The spans of each kind, by name.</summary>
    public IReadOnlyList<TagCount> Kinds { get; init; } = [];

    internal override long Count => Sentences;

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("sentences", Sentences);
        writer.WriteNumber("words", Words);
        writer.WriteNumber("accuracy", Accuracy);
        writer.WriteNumber("unknown_words", UnknownWords);
        writer.WriteNumber("unknown_accuracy", UnknownAccuracy);
        Write(writer, "tags", Tags);
        if (Spans is null) return;
        Write(writer, "spans", [Spans]);
        Write(writer, "kinds", Kinds);
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote.</summary>
    internal static TaggerEvaluation Read(JsonElement members) => new()
    {
        Loss = members.GetProperty("loss").GetDouble(),
        Sentences = members.GetProperty("sentences").GetInt32(),
        Words = members.GetProperty("words").GetInt32(),
        Accuracy = members.GetProperty("accuracy").GetDouble(),
        UnknownWords = members.GetProperty("unknown_words").GetInt32(),
        UnknownAccuracy = members.GetProperty("unknown_accuracy").GetDouble(),
        Tags = Counts(members, "tags"),
        Spans = members.TryGetProperty("spans", out _) ? Counts(members, "spans")[0] : null,
        Kinds = members.TryGetProperty("kinds", out _) ? Counts(members, "kinds") : [],
    };

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<TagCount> counts)
    {
        writer.WriteStartArray(name);
        foreach (TagCount count in counts)
        {
            writer.WriteStartObject();
            writer.WriteString("name", count.Name);
            writer.WriteNumber("right", count.Right);
            writer.WriteNumber("found", count.Found);
            writer.WriteNumber("present", count.Present);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static TagCount[] Counts(JsonElement members, string name) =>
    [
        .. members.GetProperty(name).EnumerateArray().Select(count => new TagCount(
            count.GetProperty("name").GetString() ?? "", count.GetProperty("right").GetInt32(),
            count.GetProperty("found").GetInt32(), count.GetProperty("present").GetInt32())),
    ];
}
