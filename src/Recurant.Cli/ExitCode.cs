using System.Text;

namespace Recurant.Cli;

/// <summary>What the command tells its caller.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>128 + 2, as shells report a command that Ctrl-C ended; see <see cref="Interruption.Code"/> for others.</summary>
    public const int Interrupted = 130;
}

/// <summary>The command line, or a configuration file, asks for something that cannot be meant.</summary>
internal sealed class UsageException(string message) : Exception(MessageText.Bounded(message));
