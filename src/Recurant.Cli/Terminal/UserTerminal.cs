using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Recurant.Cli;

/// <summary>The three streams of the command, in UTF-8 on every system, and what is known of the other ends.</summary>
internal sealed class UserTerminal : IDisposable
{
    private const int NarrowestWidth = 40, WidthOfPipes = 100;

    /// <summary>Answers: what another program would read.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress, notes and errors: what a person reads.</summary>
    public required TextWriter Error { get; init; }

    public required Stream Input { get; init; }

    public bool InputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether answers may be coloured: they go to a terminal, and NO_COLOR is not set.</summary>
    public bool HasColour { get; init; }

    /// <summary>The columns a table may take.</summary>
    public int Width { get; init; } = WidthOfPipes;

    /// <summary>Writes a note or an error; a terminal gets it broken between words, a file as it is.</summary>
    public void WriteNote(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            if (!ErrorIsTerminal || line.Length <= Width)
            {
                Error.WriteLine(line);
                continue;
            }

            foreach (string part in TextLayout.Wrap(line, Width)) Error.WriteLine(part);
        }
    }

    /// <summary>The streams of this process.</summary>
    public static UserTerminal Standard()
    {
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        if (OperatingSystem.IsWindows() && !Console.IsOutputRedirected) Console.OutputEncoding = encoding;
        return new UserTerminal
        {
            Out = new StreamWriter(OpenOutput(), encoding, 1 << 12),
            Error = new StreamWriter(Console.OpenStandardError(), encoding, 1 << 8) { AutoFlush = true },
            Input = Console.OpenStandardInput(),
            InputIsTerminal = !Console.IsInputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            HasColour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Width = FindWidth(),
        };
    }

    public void Dispose()
    {
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

    /// <summary>
    /// .NET's own console stream keeps silent when the reader of a pipe has gone, so that <c>recurant predict | head</c>
    /// would go on for ever; a plain stream says so.
    /// </summary>
    private static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return Console.OpenStandardOutput();
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // A file is left to the console: a FileStream would write at a position of its own and not where the shell is.
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }

    private static int FindWidth()
    {
        if (Console.IsOutputRedirected) return WidthOfPipes;
        try
        {
            return Math.Max(NarrowestWidth, Console.WindowWidth - 1);
        }
        catch (IOException)
        {
            return WidthOfPipes;
        }
    }
}
