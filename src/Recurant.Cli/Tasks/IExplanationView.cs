using System.Globalization;
using System.Text.Json;

namespace Recurant.Cli;

/// <summary>An explanation as the command shows it.</summary>
internal interface IExplanationView
{
    /// <summary>For people; at most 80 columns where the words allow it.</summary>
    IEnumerable<string> Lines(UserTerminal terminal);

    /// <summary>The members of its JSON object.</summary>
    void WriteJson(Utf8JsonWriter writer);

    /// <summary>The page of this explanation and others of its kind.</summary>
    /// <param name="all">All explanations of the command, this one first.</param>
    /// <param name="model">What the page calls the model.</param>
    string Page(IReadOnlyList<IExplanationView> all, string model);
}

/// <summary>The explanation of one text, whose page shows those of all texts.</summary>
/// <param name="explanation">The explanation.</param>
/// <param name="page">Makes the page of explanations and the name of their model.</param>
internal abstract class ExplanationView<T>(T explanation, Func<IReadOnlyList<T>, string, string> page) : IExplanationView
{
    protected T Explanation => explanation;

    public abstract IEnumerable<string> Lines(UserTerminal terminal);

    public abstract void WriteJson(Utf8JsonWriter writer);

    public string Page(IReadOnlyList<IExplanationView> all, string model) =>
        page([.. all.Cast<ExplanationView<T>>().Select(view => view.Explanation)], model);
}

/// <summary>Effects as people see them: signed numbers and bars, and shades of grids.</summary>
internal static class Effects
{
    public const int BarWidth = 17;

    private const string Green = "\e[32m", Red = "\e[31m", Bold = "\e[1m", Plain = "\e[0m";

    /// <summary>+1.25, -0.03.</summary>
    public static string Signed(double value) => value.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);

    public static string Three(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>A bar from the middle: to the right for what speaks for the answer, to the left for what speaks against
    /// it.</summary>
    public static string Bar(double value, double largest, bool hasColour)
    {
        int half = BarWidth / 2, length = largest > 0 ? (int)Math.Round(Math.Abs(value) / largest * half) : 0;
        bool isFor = value >= 0;
        string mark = hasColour ? new string('\u2588', length) : new string(isFor ? '+' : '-', length);
        if (hasColour && length > 0) mark = (isFor ? Green : Red) + mark + Plain;
        string empty = new(' ', half - length);
        return isFor ? $"{new string(' ', half)}|{mark}{empty}" : $"{empty}{mark}|{new string(' ', half)}";
    }

    /// <summary>A share from 0 to 1 as one character.</summary>
    public static char Shade(double share) => " .:-=+*#%@"[Math.Clamp((int)(share * 9 + 0.5), 0, 9)];

    public static string Strong(string text, bool hasColour) => hasColour ? Bold + text + Plain : text;

    /// <summary>A word cut to a width and filled up to it.</summary>
    public static string Cell(string word, int width) => TextLayout.Shorten(TextLayout.OneLine(word), width).PadRight(width);
}
