namespace Recurant.Data;

/// <summary>Running text without labels, for language models. Any number of threads may read it.</summary>
public sealed class PlainText
{
    /// <summary>Makes a text of the lines given.</summary>
    /// <param name="name">What messages call the data: the path of its file.</param>
    /// <param name="lines">The lines or documents; the list is kept, not copied.</param>
    public PlainText(string name, IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(lines);
        Name = name;
        Lines = lines;
    }

    /// <summary>What messages call the data: the path of its file.</summary>
    public string Name { get; }

    /// <summary>
    /// The lines of a file of text, without their ends, the empty ones too; of a file of rows, the text of each row. To join
    /// them again, put a line feed behind each.
    /// </summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The number of lines.</summary>
    public int Count => Lines.Count;

    /// <summary>The lines from one to before another, which are not copied.</summary>
    internal PlainText Part(int first, int end) => first == 0 && end == Count
        ? this
        : new PlainText(Name, ListView<string>.Of(Lines, [.. Enumerable.Range(first, end - first)]));

    /// <summary>Things worth telling the user that did not stop the reading.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
