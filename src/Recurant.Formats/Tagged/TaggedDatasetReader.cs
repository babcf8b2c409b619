using System.Globalization;
using Recurant.Data;

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
    public static TaggedDataset Read(string path, TaggedFormatOptions? options = null)
    {
        options ??= new TaggedFormatOptions();
        ConllLayout layout = ConllLayout.Find(path, IsUniversal(path, options.Format), options.TagColumn);
        var sentences = new List<TaggedSentence>();
        var strings = new StringPool();
        var words = new List<string>();
        var tags = new List<string>();
        int first = 0;
        int longCount = 0;
        int firstLong = 0;
        using var file = new TextFile(path);
        while (true)
        {
            bool more = file.TryReadLine(out ReadOnlySpan<char> line);
            if (!more || line.IsWhiteSpace() || line.StartsWith(ConllLayout.DocumentStart))
            {
                if (words.Count > 0)
                {
                    sentences.Add(new TaggedSentence(words.ToArray(), tags.ToArray(), first));
                    firstLong = words.Count > LongSentence && longCount++ == 0 ? first : firstLong;
                    words.Clear();
                    tags.Clear();
                }

                if (!more)
                {
                    break;
                }
            }
            else if (!layout.IsComment(line))
            {
                CheckColumns(file, layout, line);
                if (!layout.Universal || IsWord(file, layout, line))
                {
                    first = words.Count == 0 ? file.LineNumber : first;
                    words.Add(Field(file, layout, line, layout.WordColumn, "word", strings));
                    tags.Add(Field(file, layout, line, layout.TagColumn, "tag", strings));
                }
            }
        }

        var data = new TaggedDataset(path, sentences)
        {
            Warnings = longCount == 0 ? [] :
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}: {longCount} {(longCount == 1 ? "sentence has" : "sentences have")} more than {LongSentence} words "
                    + $"(first: line {firstLong}). Are the blank lines between sentences missing?"),
            ],
        };
        if (options.Format is null && options.TagColumn is null)
        {
            NumericTexts.Refuse(
                path, data.Count, i => string.Join(' ', data.Sentences[i].Words), "words",
                "say so with --format conll (Format)");
        }

        return Checked(data, layout);
    }

    /// <summary>Whether the file is in CoNLL-U rather than in other CoNLL columns.</summary>
    private static bool IsUniversal(string path, string? format) => format?.ToLowerInvariant() switch
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
        if (count == layout.ColumnCount)
        {
            return;
        }

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
        if (digits < 0 && number.Length > 0)
        {
            return true;
        }

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

    private static TaggedDataset Checked(TaggedDataset data, ConllLayout layout)
    {
        if (data.Count == 0)
        {
            throw new InvalidDataException($"{data.Name}: there are no words; a word and its tag a line are expected.");
        }

        return data.Tags.Count > 1 || data.Tags[0] != "_" || !layout.Universal
            ? data
            : throw new InvalidDataException(
                $"{data.Name}: the column {layout.TagName} holds no tags, only \"_\". "
                + "Name another column with --tag-column (TagColumn).");
    }
}
