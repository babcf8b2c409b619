namespace Recurant.Formats;

/// <summary>What a reader of pairs should not guess about a file. Whatever is null is guessed.</summary>
public sealed record PairFormatOptions
{
    /// <summary>
    /// The column that holds the text to begin with: its name, or its number counted from 1; in JSON lines the key. Default:
    /// null.
    /// </summary>
    public string? SourceColumn { get; init; }

    /// <summary>The same for the text to arrive at. Default: null.</summary>
    public string? TargetColumn { get; init; }

    /// <summary>The format: <c>csv</c>, <c>tsv</c> or <c>jsonl</c>. Default: null.</summary>
    public string? Format { get; init; }

    /// <summary>The character between the columns of a CSV file. Default: null.</summary>
    public char? Delimiter { get; init; }
}
