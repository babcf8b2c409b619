namespace System.Text;

/// <summary>
/// Keeps messages readable: one may quote the data, which may be anything, of any length. In a namespace of .NET, since it
/// belongs to no room of the library and all use it.
/// </summary>
internal static class MessageText
{
    /// <summary>The longest message, in characters; a screen of them.</summary>
    public const int Longest = 1000;

    /// <summary>The message, cut where it is too long.</summary>
    public static string Bounded(string message)
    {
        if (message.Length <= Longest) return message;
        int end = char.IsHighSurrogate(message[Longest - 1]) ? Longest - 1 : Longest;
        return $"{message.AsSpan(0, end)} ...";
    }
}
