using System.Text;

namespace Recurant.Cli;

/// <summary>The three streams of the command, in UTF-8 on every system, and what is known of the other ends.</summary>
internal sealed class UserTerminal : IDisposable
{
    private const int NarrowestWidth = 20, WidthOfPipes = 100;

    private readonly Func<int>? _width;

    /// <summary>Answers: what another program would read.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress, notes and errors: what a person reads. Writing to it never fails.</summary>
    public required ErrorWriter Error { get; init; }

    public required Stream Input { get; init; }

    public bool InputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether answers may be coloured: they go to a terminal, and NO_COLOR is not set.</summary>
    public bool HasColour { get; init; }

    /// <summary>The columns a table may take.</summary>
    public int Width { get; init; } = WidthOfPipes;

    /// <summary>The columns of notes now; a terminal may be made narrower while the command runs.</summary>
    public int ErrorWidth { get => _width?.Invoke() ?? field; init; } = WidthOfPipes;

    /// <summary>What signals do.</summary>
    public Interruption Interruption { get; }

    public UserTerminal()
        : this(width: null)
    {
    }

    private UserTerminal(Func<int>? width)
    {
        _width = width;
        Interruption = new Interruption(text => WriteNote(text), Environment.Exit);
    }

    /// <summary>Writes a table to the answers; <paramref name="left"/> names the columns of texts beside the first.</summary>
    public void WriteTable(IReadOnlyList<string[]> rows, params int[] left)
    {
        foreach (string line in TextLayout.Table(rows, Width, left)) Out.WriteLine(line);
    }

    /// <summary>Writes a text to the answers, broken between words.</summary>
    public void WriteText(string text, string indent = "")
    {
        foreach (string line in TextLayout.Wrap(text, Width - indent.Length)) Out.WriteLine(indent + line);
    }

    /// <summary>
    /// Writes lines to the answers. One that is too wide is broken between words, with its indentation; of one whose parts stand
    /// in columns the end is left out.
    /// </summary>
    public void WriteLines(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            // What a coloured line takes on the screen is not its length.
            if (line.Length <= Width || line.Contains('\u001b', StringComparison.Ordinal)) Out.WriteLine(line);
            else if (line.AsSpan().Trim().Contains("  ", StringComparison.Ordinal)) Out.WriteLine(line[..Width]);
            else WriteText(line, new string(' ', Math.Min(Width / 2, line.Length - line.TrimStart().Length)));
        }
    }

    /// <summary>Writes a note or an error; a terminal gets it broken between words, a file as it is.</summary>
    public void WriteNote(string text)
    {
        int width = ErrorWidth;
        foreach (string line in text.Split('\n'))
        {
            if (!ErrorIsTerminal || line.Length <= width)
            {
                Error.WriteLine(line);
                continue;
            }

            foreach (string part in TextLayout.Wrap(line, width)) Error.WriteLine(part);
        }
    }

    /// <summary>Writes a note that ends with a command line, which stays whole so that it can be copied.</summary>
    public void WriteCommand(string note, string command)
    {
        string line = $"{note} {command}";
        if (ErrorIsTerminal && line.Length > ErrorWidth)
        {
            WriteNote(note);
            line = "  " + command;
        }

        Error.WriteLine(line);
    }

    /// <summary>The streams of this process.</summary>
    public static UserTerminal Standard()
    {
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        bool outIsTerminal = StandardStream.IsOutputOpen && !Console.IsOutputRedirected;
        bool errorIsTerminal = StandardStream.IsErrorOpen && !Console.IsErrorRedirected;
        if (OperatingSystem.IsWindows() && outIsTerminal) Console.OutputEncoding = encoding;
        var error = new StreamWriter(StandardStream.OpenError(), encoding, 1 << 10);
        bool hasStatus = errorIsTerminal && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        return new UserTerminal(errorIsTerminal ? FindWidth : null)
        {
            Out = new StreamWriter(StandardStream.OpenOutput(), encoding, 1 << 12),
            Error = new ErrorWriter(error, hasStatus ? FindWidth : null),
            Input = StandardStream.OpenInput(),
            InputIsTerminal = !Console.IsInputRedirected,
            ErrorIsTerminal = errorIsTerminal,
            HasColour = outIsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Width = outIsTerminal ? FindWidth() : WidthOfPipes,
        };
    }

    public void Dispose()
    {
        Interruption.Dispose();
        try
        {
            Out.Dispose();
        }
        catch (IOException)
        {
            // Whatever could be reported has been: the application flushes before it ends.
        }

        Error.Dispose();
    }

    private static int FindWidth()
    {
        try
        {
            int columns = Console.WindowWidth;
            return columns > 0 ? Math.Max(NarrowestWidth, columns - 1) : WidthOfPipes;
        }
        catch (IOException)
        {
            return WidthOfPipes;
        }
    }
}
