using System.Globalization;
using System.Text;

namespace Recurant.Cli;

/// <summary>Reads the values of settings. Every fault is a <see cref="FormatException"/> that says what was expected.</summary>
internal static class SettingValue
{
    public static int Whole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Expected(text, "a whole number");

    public static ulong Seed(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : throw Expected(text, "a whole number from 0");

    public static float Real(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw Expected(text, "a number such as 0.002 or 2e-3");

    public static Encoding Encoding(string text)
    {
        try
        {
            return TextEncodings.Find(text);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException(exception.Message.Split(" (Parameter")[0]);
        }
    }

    public static bool Flag(string text) => text switch
    {
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        _ => throw Expected(text, "true or false"),
    };

    public static T Choice<T>(string text, IReadOnlyList<(string Name, T Value)> choices)
    {
        foreach ((string name, T value) in choices)
        {
            if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) return value;
        }

        IEnumerable<string> names = choices.Select(choice => choice.Name);
        throw new FormatException($"\"{text}\" is none of {string.Join(", ", names)}.{Nearest.Question(text, names)}");
    }

    /// <summary>A choice by its name in <see cref="Choices"/>.</summary>
    public static T Choice<T>(string text) where T : struct, Enum => Choice(text, Choices.Of<T>());

    /// <summary>The names of a choice, as help shows them.</summary>
    public static string Names<T>() where T : struct, Enum => string.Join('|', Choices.Of<T>().Select(choice => choice.Name));

    /// <summary>Names with commas between them.</summary>
    public static IReadOnlyList<string> List(string text)
    {
        string[] names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length > 0 ? names : throw Expected(text, "one or several names with commas between them");
    }

    /// <summary>A character between columns: its name, or the character itself.</summary>
    public static char Delimiter(string text) => text.ToLowerInvariant() switch
    {
        "comma" => ',',
        "semicolon" => ';',
        "tab" or "\\t" => '\t',
        "pipe" or "bar" => '|',
        "space" or "blank" => ' ',
        "colon" => ':',
        { Length: 1 } =>
            text[0] is not ('"' or '\r' or '\n') ? text[0] : throw Expected(text, "a character that can separate columns"),
        _ => throw Expected(text, "comma, semicolon, tab, pipe or any one character"),
    };

    /// <summary>A time: 90s, 5m, 1h, 1h30m; a plain number is seconds.</summary>
    public static TimeSpan Duration(string text)
    {
        double seconds = 0;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            double unit = text[i] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
            if (unit == 0) continue;
            seconds += unit * Part(text, start, i);
            start = i + 1;
        }

        if (start < text.Length || text.Length == 0) seconds += Part(text, start, text.Length);
        return seconds is > 0 and < 1e8 ? TimeSpan.FromSeconds(seconds) : throw NoDuration(text);
    }

    public static FormatException Expected(string text, string what) => new($"\"{text}\" is not {what}.");

    private static double Part(string text, int start, int end) =>
        double.TryParse(text.AsSpan(start, end - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out double value)
            ? value
            : throw NoDuration(text);

    private static FormatException NoDuration(string text) => Expected(text, "a time such as 90s, 5m, 1h or 1h30m");
}
