namespace Recurant.Data;

/// <summary>A piece of music as sets of notes: of every step those that sound. Any number of threads may read it.</summary>
public sealed class NotePiece
{
    /// <summary>The numbers of notes go from 0 to below this one, as in MIDI; 60 is the middle C.</summary>
    public const int NoteCount = 128;

    /// <summary>Makes a piece.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="steps">Of each step its notes, in any order; one that stands twice counts once.</param>
    /// <param name="stepSeconds">How long a step lasts; null where nobody knows.</param>
    /// <exception cref="ArgumentException">There is no step, or a note is not 0 to 127.</exception>
    public NotePiece(string name, IEnumerable<IReadOnlyCollection<int>> steps, double? stepSeconds = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(steps);
        Name = name;
        StepSeconds = stepSeconds is null or (> 0 and < 3600) ? stepSeconds : throw new ArgumentException(
            $"A step lasts {stepSeconds} seconds; more than 0 and less than an hour is expected.", nameof(stepSeconds));
        Steps = [.. steps.Select(notes => (IReadOnlyList<int>)[.. notes.Distinct().Order()])];
        if (Steps.Count == 0) throw new ArgumentException($"{name} has no steps.", nameof(steps));
        for (int t = 0; t < Steps.Count; t++)
        {
            foreach (int note in Steps[t])
            {
                if (note is >= 0 and < NoteCount) continue;
                throw new ArgumentException(
                    $"{name}: step {t + 1} has the note {note}; the numbers of notes are 0 to {NoteCount - 1}.", nameof(steps));
            }
        }
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>Of each step its notes, the lowest first.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Steps { get; }

    /// <summary>How long a step lasts; null where nobody knows.</summary>
    public double? StepSeconds { get; }
}

/// <summary>Pieces of music to learn from or to test with.</summary>
public sealed class NoteDataset
{
    /// <summary>Makes a data set.</summary>
    /// <param name="name">What messages call it: the path of its file.</param>
    /// <param name="pieces">The pieces, at least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public NoteDataset(string name, IReadOnlyList<NotePiece> pieces)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(pieces);
        if (pieces.Count == 0) throw new ArgumentException($"{name} has no pieces.", nameof(pieces));
        (Name, Pieces) = (name, pieces);
        StepCount = pieces.Sum(piece => (long)piece.Steps.Count);
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>The pieces.</summary>
    public IReadOnlyList<NotePiece> Pieces { get; }

    /// <summary>The steps of all of them.</summary>
    public long StepCount { get; }

    /// <summary>The lowest and the highest note; (0, -1) where no step has any.</summary>
    internal (int Lowest, int Highest) Range()
    {
        int lowest = NotePiece.NoteCount, highest = -1;
        foreach (IReadOnlyList<int> notes in Pieces.SelectMany(piece => piece.Steps).Where(notes => notes.Count > 0))
        {
            (lowest, highest) = (Math.Min(lowest, notes[0]), Math.Max(highest, notes[^1]));
        }

        return highest < 0 ? (0, -1) : (lowest, highest);
    }
}
