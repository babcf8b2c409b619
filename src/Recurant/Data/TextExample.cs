namespace Recurant.Data;

/// <summary>One labelled text.</summary>
/// <param name="Text">The text as it stands in the file, not yet tokenised; may be empty.</param>
/// <param name="Label">The class it belongs to.</param>
/// <param name="Line">The line of the file on which the example begins, counted from 1; 0 if it came from no file.</param>
public sealed record TextExample(string Text, string Label, int Line = 0)
{
    /// <summary>The file that holds the example, where that differs from the data set's name; otherwise null.</summary>
    public string? File { get; init; }
}
