using System.Text;

namespace Recurant.Formats;

/// <summary>
/// A file of data as every reader opens it: plain, or compressed with gzip, bzip2, xz or Zstandard, or the one file in a zip or
/// tar archive, told by its first bytes. A pipe is read once, into a temporary file, so that readers can look at it first.
/// </summary>
/// <remarks>
/// The temporary file has no name any more while it is used (on Windows: is deleted when closed), so that it goes away however
/// the process ends. A reader that is given a path makes one of these for each call: who calls several for the same pipe makes
/// one and gives it to all.
/// </remarks>
/// <param name="path">The file; for some readers a directory.</param>
public sealed class DataFile(string path)
{
    private const int MostNotes = 20;

    private List<string> _notes = [];
    private Spool? _spool;
    private string? _entry;

    /// <summary>The path as it was given; messages call the file so.</summary>
    public string Path { get; } = path ?? throw new ArgumentNullException(nameof(path));

    /// <summary>What texts are written in, where no byte order mark says so. Default: null, UTF-8.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>Ends the waiting for a pipe.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>What was concluded about the file while it was read and should be told to the user.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>
    /// The name without what says how the file is packed: reviews.tsv of reviews.tsv.gz, and the name of the file in an
    /// archive, once that was opened.
    /// </summary>
    internal string Name => WithoutPacking(System.IO.Path.GetFileName(_entry ?? Path));

    /// <summary>In lower case, with its point: .tsv of reviews.tsv.gz.</summary>
    internal string Extension => System.IO.Path.GetExtension(Name).ToLowerInvariant();

    /// <summary>A file of this path in UTF-8.</summary>
    public static implicit operator DataFile(string path) => new(path);

    /// <summary>The path as it was given.</summary>
    public override string ToString() => Path;

    /// <summary>A name without the endings of compressed files and archives.</summary>
    /// <param name="name">A name or a path.</param>
    public static string WithoutPacking(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (string ending in (ReadOnlySpan<string>)[".gz", ".gzip", ".bz2", ".xz", ".zst", ".zip", ".tar", ".tgz"])
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return WithoutPacking(name[..^ending.Length]);
        }

        return name;
    }

    /// <summary>Opens the bytes, unpacked.</summary>
    /// <exception cref="InvalidDataException">An archive holds no file or several, or the data is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OperationCanceledException">The waiting for a pipe was ended.</exception>
    public Stream Open()
    {
        Stream raw = OpenRaw();
        try
        {
            return Unpacking.Open(Path, raw, ref _entry);
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    /// <summary>Opens the lines, unpacked.</summary>
    /// <exception cref="InvalidDataException">An archive holds no file or several, or the data is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OperationCanceledException">The waiting for a pipe was ended.</exception>
    public TextFile OpenText()
    {
        var text = new TextFile(Open(), Path, Encoding);
        Tell(text.Note);
        return text;
    }

    /// <summary>Another file that is read in the same way.</summary>
    internal DataFile Beside(string other) =>
        new(other) { Encoding = Encoding, Cancellation = Cancellation, _notes = _notes };

    /// <summary>Adds to <see cref="Notes"/>, once.</summary>
    internal void Tell(string? note)
    {
        if (note is not null && _notes.Count < MostNotes && !_notes.Contains(note)) _notes.Add(note);
    }

    private Stream OpenRaw()
    {
        if (_spool is not null) return _spool.Open();
        // Opening a pipe waits for its writer, and nothing can wake a thread that waits there: another one does.
        FileStream file = Waiting(() => InputFile.Open(Path), static late => late.Dispose());
        if (file.CanSeek) return file;
        using (file) _spool = Waiting(() => Spool.Of(file, Path), static _ => { });
        return _spool.Open();
    }

    private T Waiting<T>(Func<T> work, Action<T> discard)
    {
        if (!Cancellation.CanBeCanceled) return work();
        Task<T> task = Task.Factory.StartNew(
            work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return task.WaitAsync(Cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            task.ContinueWith(
                late => { if (late.IsCompletedSuccessfully) discard(late.Result); else _ = late.Exception; },
                TaskScheduler.Default);
            throw;
        }
    }
}
