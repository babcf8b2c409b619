using System.Text;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>
/// The files that a command reads, one <see cref="DataFile"/> a path: a pipe is read once, though its format is told first.
/// </summary>
internal sealed class DataFiles
{
    private readonly Dictionary<(string Path, Encoding? Encoding), DataFile> _files = [];

    /// <summary>Ends the waiting for a pipe.</summary>
    public CancellationToken Cancellation { get; set; }

    public DataFile Find(string path, Encoding? encoding)
    {
        if (_files.TryGetValue((path, encoding), out DataFile? known)) return known;
        var file = new DataFile(path) { Encoding = encoding, Cancellation = Cancellation };
        _files.Add((path, encoding), file);
        return file;
    }
}
