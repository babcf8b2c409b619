using System.Text;

namespace System.Globalization;

/// <summary>
/// The text of a record as the compiler would make it, but with numbers as the invariant culture writes them. In a namespace of
/// .NET, since it belongs to no room of the library and all use it.
/// </summary>
internal static class InvariantRecord
{
    /// <summary>For example "TagCount { Name = O, Right = 3 }".</summary>
    /// <param name="name">The name of the record.</param>
    /// <param name="printMembers">The record's own <c>PrintMembers</c>, which the compiler writes.</param>
    public static string ToString(string name, Func<StringBuilder, bool> printMembers)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            StringBuilder text = new StringBuilder(name).Append(" { ");
            if (printMembers(text)) text.Append(' ');
            return text.Append('}').ToString();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
