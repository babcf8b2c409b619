using System.Globalization;
using System.Text;

namespace System.Runtime.CompilerServices;

/// <summary>
/// What the compiler turns <c>$"..."</c> into, in place of .NET's type of the same name: that one formats numbers as the host's
/// culture does ("0,5" in German), this one as the invariant culture does. So no message, equation or report of ours depends on
/// where it is made, and nobody has to remember it. Each assembly of the library holds its own copy, which nobody else sees.
/// </summary>
[InterpolatedStringHandler]
internal ref struct DefaultInterpolatedStringHandler
{
    /// <summary>Characters for a part that is not yet known.</summary>
    private const int RoomOfAPart = 12;

    private readonly StringBuilder _text;
    private StringBuilder.AppendInterpolatedStringHandler _inner;

    public DefaultInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        _text = new StringBuilder(literalLength + RoomOfAPart * formattedCount);
        _inner = new StringBuilder.AppendInterpolatedStringHandler(
            literalLength, formattedCount, _text, CultureInfo.InvariantCulture);
    }

    public void AppendLiteral(string value) => _inner.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _inner.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _inner.AppendFormatted(value, format);

    public void AppendFormatted<T>(T value, int alignment) => _inner.AppendFormatted(value, alignment);

    public void AppendFormatted<T>(T value, int alignment, string? format) => _inner.AppendFormatted(value, alignment, format);

    public void AppendFormatted(scoped ReadOnlySpan<char> value) => _inner.AppendFormatted(value);

    public void AppendFormatted(scoped ReadOnlySpan<char> value, int alignment = 0, string? format = null) =>
        _inner.AppendFormatted(value, alignment, format);

    public readonly string ToStringAndClear() => _text.ToString();
}
