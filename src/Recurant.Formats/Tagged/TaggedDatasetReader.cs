using System.Globalization;

namespace Recurant.Formats;

/// <summary>
/// Reads words and their tags, a word a line and a blank line behind each sentence: CoNLL columns and CoNLL-U; plain or gzip,
/// in UTF-8.
/// </summary>
/// <remarks>
/// <para>CoNLL columns: the word stands first and the tag last, unless the options say otherwise. A tab separates if there is
/// one in the file's rows, else blanks do. Rows that begin with <c>-DOCSTART-</c> end a sentence and are passed over, and so are
/// lines that begin with <c># </c> and are no rows.</para>
/// <para>CoNLL-U: ten columns separated by tabs, or those that a <c># global.columns</c> line names. Comments, ranges such
/// as <c>3-4</c> and empty nodes such as <c>8.1</c> are passed over; the parts of a range are words.</para>
/// <para>Every fault is an <see cref="InvalidDataException"/> that names the file, the line and the column and says what to do.
/// </para>
/// </remarks>
public static class TaggedDatasetReader
{
    /// <summary>A sentence with more words than this is worth a warning: the blank lines may be missing.</summary>
    private const int LongSentence = 1000;

    /// <summary>Reads tagged sentences.</summary>
    /// <param name="path">A file.</param>
    /// <param name="options">What need not be guessed.</param>
    /// <exception cref="InvalidDataException">The content is faulty.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ArgumentException">The options name no known format.</exception>
    public static TaggedDataset Read(DataFile path, TaggedFormatOptions? options = null)
    {
        options ??= new TaggedFormatOptions();
        ConllLayout layout = ConllLayout.Find(path, IsUniversal(path, options.Format), options.TagColumn);
        var sentences = new SentenceList();
        var strings = new StringPool();
        var words = new List<string>();
        var tags = new List<string>();
        int first = 0;
        bool hasGap = false;
        var gaps = new Counted();
        var longOnes = new Counted();
        using var file = path.OpenText();
        while (true)
        {
            bool more = file.TryReadLine(out ReadOnlySpan<char> line);
            if (!more || line.IsWhiteSpace() || line.StartsWith(ConllLayout.DocumentStart))
            {
                if (words.Count > 0)
                {
                    if (hasGap) gaps.Add(first);
                    else sentences.Add(words, tags, first);
                    if (words.Count > LongSentence) longOnes.Add(first);
                    hasGap = false;
                    words.Clear();
                    tags.Clear();
                }

                if (!more) break;
            }
            else if (!layout.IsComment(line))
            {
                CheckColumns(file, layout, line);
                if (!layout.Universal || IsWord(file, layout, line))
                {
                    first = words.Count == 0 ? file.LineNumber : first;
                    if (words.Count == TaggedSentence.MaximumWords)
                    {
                        throw TextFile.Error(
                            path.Path, first, 0,
                            $"the sentence has more than {TaggedSentence.MaximumWords:N0} words, the most that a tagger reads at "
                            + "once. Put a blank line behind each sentence.");
                    }

                    words.Add(Field(file, layout, line, layout.WordColumn, "word", strings));
                    tags.Add(Field(file, layout, line, layout.TagColumn, "tag", strings));
                    hasGap |= !options.WordsOnly && layout.HasGaps && tags[^1] == ConllLayout.NoTag;
                }
            }
        }

        if (sentences.Count == 0)
        {
            throw gaps.Count == 0
                ? new InvalidDataException($"{path}: there are no words; a word and its tag a line are expected.")
                : new InvalidDataException(
                    $"{path}: every sentence has a word without a tag: the column {layout.TagName} holds \"_\" (first: the "
                    + $"sentence of line {gaps.First}). Name another column with --tag-column (TagColumn).");
        }

        var data = new TaggedDataset(path.Path, sentences)
        {
            Warnings = [.. path.Notes, .. Warnings(path, layout, gaps, longOnes)],
        };
        if (options.Format is null && options.TagColumn is null)
        {
            NumericTexts.Refuse(
                path.Path, data.Count, i => string.Join(' ', data.Sentences[i].Words), "words",
                "say so with --format conll (Format)");
        }

        return data;
    }

    private static IEnumerable<string> Warnings(DataFile path, ConllLayout layout, Counted gaps, Counted longOnes)
    {
        if (gaps.Count > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {gaps.Count} {(gaps.Count == 1 ? "sentence is" : "sentences are")} left out: a word has no "
                + $"{layout.TagName}, "
                + $"only \"_\" (first: line {gaps.First}).");
        }

        if (longOnes.Count > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {longOnes.Count} {(longOnes.Count == 1 ? "sentence has" : "sentences have")} more than {LongSentence} "
                + $"words (first: line {longOnes.First}). Are the blank lines between sentences missing?");
        }
    }

    /// <summary>Whether the file is in CoNLL-U rather than in other CoNLL columns.</summary>
    private static bool IsUniversal(DataFile path, string? format) => format?.ToLowerInvariant() switch
    {
        null => FormatGuess.Guess(path, null).Format == FormatName.ConllU,
        FormatName.ConllU => true,
        FormatName.Conll => false,
        _ => throw new ArgumentException(
            $"There is no format \"{format}\" of tagged words. "
            + Suggestion.Describe("The formats are", format, [FormatName.Conll, FormatName.ConllU]),
            nameof(format)),
    };

    private static void CheckColumns(TextFile file, ConllLayout layout, ReadOnlySpan<char> line)
    {
        int count = layout.Count(line);
        if (count == layout.ColumnCount) return;
        string separator = layout.Tabs ? "separated by one tab each" : "separated by blanks";
        throw file.Error(0, count <= layout.TagColumn
            ? $"the column of the tags, {layout.TagName}, is missing: the line has {count} of the {layout.ColumnCount} columns "
                + $"expected, {separator}. Add the tag, or a blank line where a sentence ends."
            : $"expected {layout.ColumnCount} columns {separator}, found {count}.");
    }

    /// <summary>Whether a row of CoNLL-U is a word, and neither a range nor an empty node.</summary>
    private static bool IsWord(TextFile file, ConllLayout layout, ReadOnlySpan<char> line)
    {
        Range place = layout.Locate(line, layout.NumberColumn);
        ReadOnlySpan<char> number = line[place];
        int digits = number.IndexOfAnyExceptInRange('0', '9');
        if (digits < 0 && number.Length > 0) return true;
        ReadOnlySpan<char> rest = digits > 0 ? number[(digits + 1)..] : default;
        if (digits > 0 && number[digits] is '-' or '.' && rest.Length > 0 && rest.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return false;
        }

        throw file.Error(
            place.Start.Value + 1,
            $"\"{number}\" is no word number of CoNLL-U: 3, a range such as 3-4, or an empty node such as 3.1 is expected.");
    }

    private static string Field(
        TextFile file, ConllLayout layout, ReadOnlySpan<char> line, int column, string what, StringPool strings)
    {
        Range place = layout.Locate(line, column);
        ReadOnlySpan<char> field = line[place].Trim(' ');
        return field.Length > 0
            ? strings.Get(field)
            : throw file.Error(place.Start.Value + 1, $"the {what} is empty. Every row needs a word and a tag.");
    }

    /// <summary>How many sentences, and the line of the first.</summary>
    private sealed class Counted
    {
        internal int Count { get; private set; }

        internal int First { get; private set; }

        internal void Add(int line)
        {
            if (Count++ == 0) First = line;
        }
    }
}
