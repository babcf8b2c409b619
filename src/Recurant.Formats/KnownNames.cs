namespace Recurant.Formats;

/// <summary>What columns and keys are usually called; the earlier names win.</summary>
internal static class KnownNames
{
    internal static readonly string[] Text =
        ["text", "sentence", "review", "content", "body", "question", "message", "comment", "tweet", "phrase", "utterance"];

    internal static readonly string[] Label =
        ["label", "class", "category", "sentiment", "target", "polarity", "intent", "emotion", "topic"];

    /// <summary>The first name that is there, capitals or not; -1 if none is.</summary>
    internal static int Find(IReadOnlyList<string> columns, string[] names)
    {
        foreach (string name in names)
        {
            for (int i = 0; i < columns.Count; i++)
            {
                if (columns[i].Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }

        return -1;
    }
}
