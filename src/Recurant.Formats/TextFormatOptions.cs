namespace Recurant.Formats;

/// <summary>What a reader should not guess about a file. Whatever is null is guessed.</summary>
public sealed record TextFormatOptions
{
    /// <summary>
    /// The column that holds the text: its name, or its number counted from 1; in JSON lines the key, with points between the
    /// keys of nested objects: <c>message.body</c>. Default: null.
    /// </summary>
    public string? TextColumn { get; init; }

    /// <summary>
    /// The column that holds the label: its name, or its number counted from 1; in JSON lines the key; in TREC's files
    /// <c>coarse</c> (which is the default there) or <c>fine</c>. Default: null.
    /// </summary>
    public string? LabelColumn { get; init; }

    /// <summary>
    /// The format: <c>csv</c>, <c>tsv</c>, <c>jsonl</c>, <c>fasttext</c>, <c>trec</c>, <c>lines</c> (texts without labels),
    /// <c>directory</c>, or <c>conll</c> or <c>conllu</c> (words with tags). Default: null.
    /// </summary>
    public string? Format { get; init; }

    /// <summary>
    /// Whether <see cref="TextDatasetReader.ReadTexts"/> tells a format that is not given from the file's name alone, as for
    /// texts to predict: what is not called as a table or the like is lines, each of which is a text, whatever it looks like,
    /// and a blank line of a table of one column is an empty text. Default: false.
    /// </summary>
    public bool FormatFromNameOnly { get; init; }

    /// <summary>
    /// The character between the columns of a CSV file, or behind the label of fastText lines. Default: null.
    /// </summary>
    public char? Delimiter { get; init; }
}
