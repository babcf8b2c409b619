using System.Text;

namespace Recurant.Formats;

/// <summary>Makes the faults that readers of tables of numbers find; what they quote may be of any length.</summary>
internal static class SeriesFault
{
    internal static InvalidDataException Of(string message, Exception? cause = null) => new(MessageText.Bounded(message), cause);
}
