using System.Text;

namespace Recurant.Cli;

/// <summary>The page that a command writes beside its answer.</summary>
internal static class PageFile
{
    /// <summary>Looks before any work whether the page can be written and would not overwrite what the command reads.</summary>
    /// <param name="option">The option that names the page.</param>
    /// <param name="page">Its path; null if there is to be none.</param>
    /// <param name="inputs">The files that the command reads, and arguments that are none.</param>
    /// <exception cref="UsageException">It is one of the inputs.</exception>
    /// <exception cref="IOException">It cannot be written there.</exception>
    public static void Check(string option, string? page, IEnumerable<string?> inputs)
    {
        if (page is null) return;
        string whole = Path.GetFullPath(page);
        if (inputs.Any(input => input is { Length: > 0 } && File.Exists(input) && Path.GetFullPath(input) == whole))
        {
            throw new UsageException($"{option}: {page} is read by this command; it would be overwritten. Choose another name.");
        }

        OutputFile.CheckPage(option, page);
    }

    /// <summary>Writes the page, whole or not at all.</summary>
    public static void Write(string page, string html) =>
        AtomicFile.Write(page, stream => stream.Write(Encoding.UTF8.GetBytes(html)));
}
