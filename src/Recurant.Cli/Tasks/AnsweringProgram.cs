using System.Globalization;
using System.Text;

namespace Recurant.Cli;

/// <summary>
/// A small C# program that answers with a model: what is special about a task, put into what is the same for all. It answers its
/// arguments or, without any, the lines of standard input.
/// </summary>
internal sealed record AnsweringProgram
{
    /// <summary>The name of the framework that it is written for.</summary>
    private const string Framework = "net10.0";

    /// <summary>What it does: "Tells the label of each text and its probability".</summary>
    public required string Does { get; init; }

    /// <summary>What an argument or a line is: "text".</summary>
    public string Item { get; init; } = "text";

    /// <summary>An argument to try it with.</summary>
    public string Example { get; init; } = "...";

    /// <summary>The packages of ours beside Recurant.</summary>
    public IReadOnlyList<string> MorePackages { get; init; } = [];

    /// <summary>The namespaces beside those that every C# program sees.</summary>
    public required IReadOnlyList<string> Usings { get; init; }

    /// <summary>The lines that load the model from <c>ModelPath</c>.</summary>
    public required string Load { get; init; }

    /// <summary>The lines that answer one item, whose variable is named like it.</summary>
    public required string Answer { get; init; }

    private IEnumerable<string> Packages => ["Recurant", .. MorePackages];

    /// <summary>A program in one file, which <c>dotnet run app.cs</c> runs.</summary>
    /// <param name="file">The name of the file, for the comment that says how to run it.</param>
    /// <param name="model">The whole path of the model.</param>
    /// <param name="summary">What the model is, in a line.</param>
    public string OneFile(string file, string model, string summary)
    {
        var text = new StringBuilder();
        foreach (string package in Packages) Line(text, $"#:package {package}@{Application.Version}");
        Line(text);
        Write(text, $"dotnet run {ShellCommand.QuotePath(file)}", model, summary);
        return text.ToString();
    }

    /// <summary>The same beside a project.</summary>
    public string OfProject(string model, string summary)
    {
        var text = new StringBuilder();
        Write(text, "dotnet run", model, summary);
        return text.ToString();
    }

    /// <summary>The project.</summary>
    public string Project()
    {
        var text = new StringBuilder();
        Line(text, """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
            """);
        Line(text, $"    <TargetFramework>{Framework}</TargetFramework>");
        Line(text, """
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
            """);
        foreach (string package in Packages)
        {
            Line(text, $"    <PackageReference Include=\"{package}\" Version=\"{Application.Version}\" />");
        }

        Line(text, """
              </ItemGroup>
            </Project>
            """);
        return text.ToString();
    }

    private void Write(StringBuilder text, string run, string model, string summary)
    {
        string input = OperatingSystem.IsWindows() ? "FILE" : "file";
        Line(text, $"// {Does}.");
        Line(text, $"// The model: {TextLayout.OneLine(summary)}.");
        string asked = $"{run} -- \"{Example}\"";
        Line(text, $"//     {asked}     answers each argument");
        Line(text, $"//     {$"{run} < {input}".PadRight(asked.Length)}     answers each line");
        Line(text, "using System.Globalization;");
        Line(text, "using System.Text;");
        foreach (string name in Usings.Order(StringComparer.Ordinal)) Line(text, $"using {name};");
        Line(text);
        Line(text, $"const string ModelPath = {Literal(model)};");
        Line(text);
        Line(text, "Console.InputEncoding = Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);");
        Line(text, "CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;");
        Line(text, Load);
        Line(text, $"foreach (string {Item} in args.Length > 0 ? args : Lines())");
        Line(text, "{");
        foreach (string line in Answer.ReplaceLineEndings("\n").Split('\n')) Line(text, line.Length > 0 ? "    " + line : "");
        Line(text, "}");
        Line(text);
        Line(text, """
            static IEnumerable<string> Lines()
            {
                while (Console.ReadLine() is { } line) yield return line;
            }
            """);
    }

    private static void Line(StringBuilder text, string line = "") => text.Append(line.ReplaceLineEndings("\n")).Append('\n');

    /// <summary>A string of C#: whatever a path holds, the compiler reads the same.</summary>
    internal static string Literal(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (char c in text)
        {
            // Letters of every language stay; what is not seen, or is half a character, is written by number.
            bool isNumbered = char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029'
                || char.GetUnicodeCategory(c) == UnicodeCategory.Format;
            if (isNumbered) literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else if (c is '"' or '\\') literal.Append('\\').Append(c);
            else literal.Append(c);
        }

        return literal.Append('"').ToString();
    }
}
