using System.Globalization;
using System.Runtime.CompilerServices;

namespace Recurant.Insight;

/// <summary>A record of the insight, whose text has numbers as the invariant culture writes them.</summary>
public abstract record InsightRecord
{
    private protected InsightRecord()
    {
    }

    /// <inheritdoc/>
    public sealed override string ToString() => InvariantRecord.ToString(GetType().Name, PrintMembers);

    /// <summary>Checks a property; the message names it and the range, and so does the exception where it is asked to.</summary>
    private protected static void Require(
        bool holds, object? value, string range, bool isNamed = false,
        [CallerArgumentExpression(nameof(value))] string property = "")
    {
        if (holds) return;
        string message = string.Create(CultureInfo.InvariantCulture, $"{property} is {value}; it must be {range}.");
        throw new ArgumentException(message, isNamed ? property : null);
    }
}
