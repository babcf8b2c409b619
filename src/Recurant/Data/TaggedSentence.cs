using System.Globalization;

namespace Recurant.Data;

/// <summary>The words of one sentence with a tag each.</summary>
public sealed class TaggedSentence
{
    /// <summary>The longest sentence that taggers learn from or read, in words: its memory grows with its length.</summary>
    public const int MaximumWords = 250_000;

    /// <summary>Joins words and their tags; the lists are kept, not copied.</summary>
    /// <param name="words">The words in their order, as they stand in the data; at least one.</param>
    /// <param name="tags">The tag of each word.</param>
    /// <param name="line">The line of the file on which the first word stands, counted from 1; 0 if it came from no file.
    /// </param>
    /// <exception cref="ArgumentException">
    /// There is no word, there are more than <see cref="MaximumWords"/>, or there is not one tag a word.
    /// </exception>
    public TaggedSentence(IReadOnlyList<string> words, IReadOnlyList<string> tags, int line = 0)
    {
        Check(words, tags);
        Words = words;
        Tags = tags;
        Line = line;
    }

    /// <summary>The words in their order.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The tag of each word.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The line of the file on which the first word stands, counted from 1; 0 if it came from no file.</summary>
    public int Line { get; }

    /// <summary>What to say of a text with too many words.</summary>
    internal static string TooLong(int words) => string.Create(
        CultureInfo.InvariantCulture,
        $"{words:N0} words in one text: a tagger reads at most {MaximumWords:N0} at once. Give it in pieces, such as sentences.");

    /// <exception cref="ArgumentException">
    /// There is no word, there are too many, or there is not one tag a word.
    /// </exception>
    internal static void Check(IReadOnlyList<string> words, IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(tags);
        if (words.Count == 0 || words.Count != tags.Count)
        {
            throw new ArgumentException(
                $"A sentence needs at least one word and a tag for each; found {words.Count} words and {tags.Count} tags.",
                nameof(tags));
        }

        if (words.Count > MaximumWords) throw new ArgumentException(TooLong(words.Count), nameof(words));
    }
}
