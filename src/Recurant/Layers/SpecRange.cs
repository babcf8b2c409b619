using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Recurant.Layers;

/// <summary>Checks values of specifications.</summary>
internal static class SpecRange
{
    /// <summary>Refuses a value; the message names the property as the caller wrote it, and the range.</summary>
    /// <exception cref="ArgumentException">It does not hold.</exception>
    public static void Require(
        [DoesNotReturnIf(false)] bool holds, int value, string range, [CallerArgumentExpression(nameof(value))] string property =
            "")
    {
        if (!holds) throw new ArgumentException($"{property} is {value}; it must be {range}.");
    }
}
