using System.Text;

namespace Recurant.Formats;

/// <summary>What a reader takes a file for.</summary>
/// <param name="Format">One of the names that <see cref="TextFormatOptions.Format"/> lists.</param>
/// <param name="HasHeader">Whether the first row names the columns.</param>
/// <param name="TextColumn">The name, number or key of the column that holds the text; null where there are no columns.</param>
/// <param name="LabelColumn">The same for the label; null where there are no columns or no labels.</param>
public sealed record DetectedFormat(string Format, bool HasHeader, string? TextColumn, string? LabelColumn)
{
    /// <summary>The names, numbers or keys of what else could hold the text, the likeliest first. Default: none.</summary>
    public IReadOnlyList<string> OtherTexts { get; init; } = [];

    /// <summary>The same for the label.</summary>
    public IReadOnlyList<string> OtherLabels { get; init; } = [];

    /// <summary>
    /// The name, number or key of the text as <see cref="TextFormatOptions.TextColumn"/> takes it. Default: null.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>The same for the label.</summary>
    public string? Label { get; init; }

    /// <summary>The format in words, without its columns.</summary>
    public string Name => Format switch
    {
        FormatName.Csv => "CSV",
        FormatName.Tsv => "tab-separated columns",
        FormatName.JsonLines => "JSON lines",
        FormatName.FastText => "fastText lines",
        FormatName.Trec => "TREC question lines",
        FormatName.Directory => "a directory, labels from its names",
        FormatName.Conll => "CoNLL columns",
        FormatName.ConllU => "CoNLL-U",
        _ => "plain lines",
    };

    /// <summary>Says it in words for the user.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Name);
        if (Format is FormatName.Csv or FormatName.Tsv) text.Append(HasHeader ? " with a header" : " without a header");
        if (TextColumn is not null) text.Append(", text in ").Append(TextColumn);
        if (LabelColumn is not null) text.Append(", label in ").Append(LabelColumn);
        return text.ToString();
    }
}

/// <summary>The names of the formats.</summary>
internal static class FormatName
{
    internal const string Csv = "csv";
    internal const string Tsv = "tsv";
    internal const string JsonLines = "jsonl";
    internal const string FastText = "fasttext";
    internal const string Trec = "trec";
    internal const string Lines = "lines";
    internal const string Directory = "directory";

    internal const string Conll = "conll";
    internal const string ConllU = "conllu";

    internal static readonly string[] All = [Csv, Tsv, JsonLines, FastText, Trec, Lines, Directory, Conll, ConllU];
}
