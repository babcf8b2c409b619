using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recurant.Formats;

/// <summary>How music is read.</summary>
public sealed record NotesFormatOptions
{
    /// <summary>The steps of a quarter note of MIDI files. Default: 4, sixteenths.</summary>
    public int StepsPerQuarter { get; init; } = 4;
}

/// <summary>Music as it was read.</summary>
/// <param name="Pieces">All of it, or what is to be learnt from where the file comes in parts.</param>
/// <param name="Parts">The parts; null where there are none.</param>
/// <param name="Description">What the data were taken for.</param>
/// <param name="StepsPerQuarter">The steps of a quarter note; null where nobody knows.</param>
/// <param name="Warnings">What was wrong and did not stop the reading.</param>
public sealed record NotesFile(
    NoteDataset Pieces, DataParts<NoteDataset>? Parts, string Description, int? StepsPerQuarter, IReadOnlyList<string> Warnings);

/// <summary>
/// Reads music as sets of notes: MIDI files and folders of them, and piano rolls in JSON and CSV.
/// <code>
/// JSON:  {"train": [piece, ...], "valid": [...], "test": [...]} or [piece, ...]; a piece is [[60, 64, 67], [60], [], ...]
/// CSV:   piece,step,note with a header; the piece may be left out, and a step without notes has no row
/// </code>
/// </summary>
public static partial class NotesReader
{
    private const int HeadLooked = 4096;
    private static readonly string[] s_endings = [".mid", ".midi", ".kar", ".rmi"], s_parts = ["train", "valid", "test"];

    /// <summary>Reads music.</summary>
    /// <param name="file">A file, or a folder of MIDI files.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="InvalidDataException">It is damaged, or holds no note; the message says where.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static NotesFile Read(DataFile file, NotesFormatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        int steps = (options ?? new NotesFormatOptions()).StepsPerQuarter;
        if (Directory.Exists(file.Path)) return ReadFolder(file, steps);
        byte[] head = HeadOf(file);
        if (MidiFile.IsMidi(head) || IsMidiName(file.Name))
        {
            var midi = MidiFile.Read(file);
            return new NotesFile(
                new NoteDataset(file.Path, [midi.ToPiece(steps)]), null, Describe(1, steps), steps, midi.Warnings);
        }

        return IsJson(head) ? ReadJson(file) : ReadTable(file);
    }

    /// <summary>Whether data are music, by the first bytes of a file or the names in a folder.</summary>
    internal static string? Describe(DataFile file)
    {
        if (Directory.Exists(file.Path))
        {
            List<string> files = MidiFiles(new Listing(file), file.Path);
            return files.Count > 0 ? $"{files.Count} MIDI files" : null;
        }

        byte[] head = HeadOf(file);
        return MidiFile.IsMidi(head) ? "a MIDI file" : IsRoll(head) ? "piano rolls (JSON)" : null;
    }

    private static string Describe(int count, int steps) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(count == 1 ? "a MIDI file" : $"{count} MIDI files")}, {steps} {(steps == 1 ? "step" : "steps")} a quarter note "
        + $"(--steps-per-quarter)");

    private static NotesFile ReadFolder(DataFile folder, int steps)
    {
        var listing = new Listing(folder);
        var (pieces, warnings) = (new List<NotePiece>(), new List<string>());
        var faults = new List<string>();
        List<string> files = MidiFiles(listing, folder.Path);
        foreach (string path in files)
        {
            try
            {
                var midi = MidiFile.Read(folder.Beside(path));
                pieces.Add(midi.ToPiece(steps));
                warnings.AddRange(midi.Warnings.Select(warning => $"{path}: {warning}"));
            }
            catch (InvalidDataException fault)
            {
                faults.Add(fault.Message);
            }
        }

        if (pieces.Count == 0)
        {
            throw new InvalidDataException(
                files.Count == 0 ? $"{folder}: there is no MIDI file in this folder (.mid, .midi)."
                    : $"{folder}: none of the {files.Count} MIDI files can be read; the first fault: {faults[0]}");
        }

        if (faults.Count > 0) warnings.Insert(0, $"{faults.Count} of {files.Count} files are left out; the first: {faults[0]}");
        if (listing.Note is { } note) warnings.Add(note);
        return new NotesFile(new NoteDataset(folder.Path, pieces), null, Describe(pieces.Count, steps), steps, warnings);
    }

    private static List<string> MidiFiles(Listing listing, string directory)
    {
        List<string> files = [.. listing.Files(directory).Where(IsMidiName)];
        foreach (string inner in listing.Directories().Order(StringComparer.Ordinal))
        {
            files.AddRange(listing.Files(inner).Where(IsMidiName));
        }

        return files;
    }

    private static bool IsMidiName(string path) =>
        s_endings.Contains(Path.GetExtension(DataFile.WithoutPacking(path)).ToLowerInvariant());

    private static NotesFile ReadJson(DataFile file)
    {
        using Stream stream = file.Open();
        using JsonDocument document = Parse(file, stream);
        JsonElement root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Array)
        {
            return new NotesFile(ReadPieces(file, "", root), null, "piano rolls (JSON)", null, []);
        }

        string[] missing = [.. s_parts.Where(part => !root.TryGetProperty(part, out _))];
        if (missing.Length > 0)
        {
            throw new InvalidDataException(
                $"{file}: there is no \"{missing[0]}\"; an object with {string.Join(", ", s_parts)} is expected, or an array of "
                + "pieces.");
        }

        NoteDataset[] parts = [.. s_parts.Select(part => ReadPieces(file, part, root.GetProperty(part)))];
        return new NotesFile(
            parts[0], new DataParts<NoteDataset>(parts[0], parts[1], parts[2]), "piano rolls (JSON) in three parts", null, []);
    }

    private static JsonDocument Parse(DataFile file, Stream stream)
    {
        try
        {
            return JsonDocument.Parse(stream);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{file}: {fault.Message}", fault);
        }
    }

    private static NoteDataset ReadPieces(DataFile file, string part, JsonElement pieces)
    {
        string of = part.Length > 0 ? part + " " : "";
        if (pieces.ValueKind != JsonValueKind.Array || pieces.GetArrayLength() == 0)
        {
            throw new InvalidDataException($"{file}: {(part.Length > 0 ? $"\"{part}\"" : "the file")} holds no pieces.");
        }

        var read = new List<NotePiece>();
        foreach (JsonElement piece in pieces.EnumerateArray())
        {
            string name = $"{of}{read.Count + 1}";
            if (piece.ValueKind != JsonValueKind.Array || piece.GetArrayLength() == 0) throw Fault(name, 0, "it has no steps");
            int step = 0;
            read.Add(Make(file, name, [.. piece.EnumerateArray().Select(notes => Notes(name, ++step, notes))]));
        }

        return new NoteDataset(part.Length > 0 ? $"{file} ({part})" : file.Path, read);

        int[] Notes(string name, int step, JsonElement notes)
        {
            if (notes.ValueKind != JsonValueKind.Array) throw Fault(name, step, $"an array of notes is expected, not {notes}");
            return [.. notes.EnumerateArray().Select(note =>
                note.ValueKind == JsonValueKind.Number && note.TryGetDouble(out double value) && value == Math.Floor(value)
                    && value is >= 0 and < NotePiece.NoteCount
                    ? (int)value : throw Fault(name, step, $"{note} is no note; the numbers of notes are 0 to 127"))];
        }

        InvalidDataException Fault(string name, int step, string what) =>
            new($"{file}: piece {name}{(step > 0 ? $", step {step}" : "")}: {what}.");
    }

    private static NotesFile ReadTable(DataFile file)
    {
        (string format, char delimiter) = FormatGuess.Guess(file, null, null);
        using TableReader table = TableReader.Open(
            file, format is FormatName.Csv or FormatName.Tsv ? format : FormatName.Csv, delimiter);
        int columns = table.Read() ? table.FieldCount : 0;
        string[] names = [.. Enumerable.Range(0, columns).Select(i => table.Field(i).Trim().ToString())];
        int step = Column("step", "time"), note = Column("note", "pitch"), piece = Column("piece", "id", "file", "song");
        if (step < 0 || note < 0)
        {
            throw new InvalidDataException(
                $"{file}: this is no music that can be read: MIDI, piano rolls in JSON, or a table with a header and the columns "
                + "step and note (and piece, where there are several).");
        }

        var pieces = new Dictionary<string, SortedDictionary<int, List<int>>>(StringComparer.Ordinal);
        for (int row = 2; table.Read(); row++)
        {
            string name = piece >= 0 && piece < table.FieldCount ? table.Field(piece).ToString() : "1";
            if (!pieces.TryGetValue(name, out SortedDictionary<int, List<int>>? steps)) pieces[name] = steps = [];
            int t = Whole(step, MidiFile.MostSteps, row);
            if (!steps.TryGetValue(t, out List<int>? notes)) steps[t] = notes = [];
            notes.Add(Whole(note, NotePiece.NoteCount, row));
        }

        if (pieces.Count == 0) throw new InvalidDataException($"{file}: the table has no rows.");
        return new NotesFile(
            new NoteDataset(file.Path, [.. pieces.Select(each => Make(file, each.Key, Steps(each.Value)))]), null,
            "a table of steps and notes", null, []);

        int Column(params string[] known) => Array.FindIndex(
            names, name => known.Contains(name, StringComparer.OrdinalIgnoreCase));

        int Whole(int column, int below, int row)
        {
            string text = column < table.FieldCount ? table.Field(column).ToString() : "";
            return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value >= 0
                && value < below ? value : throw new InvalidDataException(
                    $"{file}: row {row}: \"{text}\" in the column \"{names[column]}\" is not a whole number from 0 to "
                    + $"{below - 1}.");
        }
    }

    /// <summary>All steps from the first to the last, those without notes too.</summary>
    private static IReadOnlyCollection<int>[] Steps(SortedDictionary<int, List<int>> steps)
    {
        int first = steps.Keys.First();
        return [.. Enumerable.Range(first, steps.Keys.Last() - first + 1).Select(
            t => (IReadOnlyCollection<int>)(steps.TryGetValue(t, out List<int>? notes) ? notes : []))];
    }

    private static NotePiece Make(DataFile file, string name, IReadOnlyCollection<int>[] steps)
    {
        try
        {
            return new NotePiece(name, steps);
        }
        catch (ArgumentException fault)
        {
            throw new InvalidDataException($"{file}: {fault.Message}", fault);
        }
    }

    private static byte[] HeadOf(DataFile file)
    {
        using Stream stream = file.Open();
        byte[] head = new byte[HeadLooked];
        return head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }

    private static bool IsJson(ReadOnlySpan<byte> head) => head.TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{' or (byte)'[', ..];

    private static bool IsRoll(byte[] head) => Roll().IsMatch(System.Text.Encoding.Latin1.GetString(head));

    /// <summary>Pieces of steps of notes: three arrays inside one another, of whole numbers.</summary>
    [GeneratedRegex("""^\s*(\{\s*"(train|valid|test)"\s*:\s*)?\[\s*\[\s*\[\s*(\d{1,3}\s*[,\]]|\])""")]
    private static partial Regex Roll();
}
