using System.Text;
using System.Text.Json;

namespace Recurant.Heads;

/// <summary>
/// How well transcripts agree with what was said. The loss is the mean over utterances of -ln p(right text).
/// <code>
/// (1) word error rate = (substitutions + insertions + deletions) / words that were said, over all utterances together
/// (2) character error rate = the same of characters
/// </code>
/// Words are what white space divides; the characters are those of the words with one space between them. Both rates can be above
/// 1, where much was heard that nobody said.
/// </summary>
public sealed record TranscriptScore : Score
{
    /// <summary>"word error rate".</summary>
    public override string Measure => "word error rate";

    /// <inheritdoc/>
    public override double Value => WordErrorRate;

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <summary>The number of utterances.</summary>
    public required int Utterances { get; init; }

    /// <summary>The words that were said.</summary>
    public required long Words { get; init; }

    /// <summary>The characters that were said.</summary>
    public required long Characters { get; init; }

    /// <summary>The wrong words, by kind.</summary>
    public required EditCounts WordErrors { get; init; }

    /// <summary>The wrong characters, by kind.</summary>
    public required EditCounts CharacterErrors { get; init; }

    /// <summary>The utterances without a wrong word.</summary>
    public required int Right { get; init; }

    /// <summary>(1); where no word was said, the number of words heard.</summary>
    public double WordErrorRate => (double)WordErrors.Errors / Math.Max(1, Words);

    /// <summary>(2); where nothing was said, the number of characters heard.</summary>
    public double CharacterErrorRate => (double)CharacterErrors.Errors / Math.Max(1, Characters);

    internal override long Count => Utterances;

    /// <summary>Scores transcripts against what was said, line by line; the loss stands as 0.</summary>
    /// <param name="right">What was said.</param>
    /// <param name="found">The transcripts.</param>
    /// <exception cref="ArgumentException">There are not as many transcripts as utterances.</exception>
    public static TranscriptScore Of(IReadOnlyList<string> right, IReadOnlyList<string> found)
    {
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(found);
        if (right.Count != found.Count)
        {
            throw new ArgumentException($"{found.Count} transcripts were given for {right.Count} utterances.", nameof(found));
        }

        var meter = new TranscriptMeter();
        for (int i = 0; i < right.Count; i++) meter.Add(right[i], found[i]);
        return meter.ToScore(loss: 0);
    }

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("utterances", Utterances);
        writer.WriteNumber("words", Words);
        writer.WriteNumber("word_error_rate", WordErrorRate);
        writer.WriteNumber("character_error_rate", CharacterErrorRate);
        writer.WriteNumber("characters", Characters);
        writer.WriteNumber("right", Right);
        Write(writer, "word_errors", WordErrors);
        Write(writer, "character_errors", CharacterErrors);
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote.</summary>
    internal static TranscriptScore Read(JsonElement members) => new()
    {
        Loss = members.GetProperty("loss").GetDouble(),
        Utterances = members.GetProperty("utterances").GetInt32(),
        Words = members.GetProperty("words").GetInt64(),
        Characters = members.GetProperty("characters").GetInt64(),
        Right = members.GetProperty("right").GetInt32(),
        WordErrors = Read(members, "word_errors"),
        CharacterErrors = Read(members, "character_errors"),
    };

    private static void Write(Utf8JsonWriter writer, string name, EditCounts counts)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("substitutions", counts.Substitutions);
        writer.WriteNumber("insertions", counts.Insertions);
        writer.WriteNumber("deletions", counts.Deletions);
        writer.WriteEndObject();
    }

    private static EditCounts Read(JsonElement members, string name)
    {
        JsonElement counts = members.GetProperty(name);
        return new EditCounts(
            counts.GetProperty("substitutions").GetInt64(), counts.GetProperty("insertions").GetInt64(),
            counts.GetProperty("deletions").GetInt64());
    }
}

/// <summary>Counts what is wrong in transcripts, one after the other.</summary>
internal sealed class TranscriptMeter
{
    private EditCounts _words, _characters;
    private long _wordsSaid, _charactersSaid;
    private int _utterances, _right;

    /// <summary>Counts an utterance.</summary>
    /// <param name="right">What was said.</param>
    /// <param name="found">The transcript.</param>
    public void Add(string right, string found)
    {
        string[] words = Words(right), wordsFound = Words(found);
        Rune[] characters = Characters(words);
        EditCounts errors = EditCounts.Of(words, wordsFound);
        _words += errors;
        _characters += EditCounts.Of(characters, Characters(wordsFound));
        _wordsSaid += words.Length;
        _charactersSaid += characters.Length;
        _utterances++;
        if (errors.Errors == 0) _right++;
    }

    /// <summary>The result.</summary>
    /// <param name="loss">The mean loss of an utterance.</param>
    public TranscriptScore ToScore(double loss) => new()
    {
        Loss = loss,
        Utterances = _utterances,
        Words = _wordsSaid,
        Characters = _charactersSaid,
        WordErrors = _words,
        CharacterErrors = _characters,
        Right = _right,
    };

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static Rune[] Characters(string[] words) => [.. string.Join(' ', words).EnumerateRunes()];
}
