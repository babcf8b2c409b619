namespace Recurant.Tasks;

/// <summary>Pieces as a model of music reads them.</summary>
internal sealed class NotePieces
{
    private readonly NotesSpec _spec;
    private readonly (int Lowest, int Highest)[] _ranges;
    private readonly long[] _ends;
    private float[] _before = [], _now = [];
    private int[] _lengths = [];

    /// <exception cref="InvalidDataException">
    /// A note is none of the model's; the message names the piece and the step.
    /// </exception>
    public NotePieces(string name, IReadOnlyList<NotePiece> pieces, NotesSpec spec)
    {
        (Pieces, _spec) = (pieces, spec);
        _ranges = [.. pieces.Select(piece => new NoteDataset(name, [piece]).Range())];
        _ends = new long[pieces.Count];
        for (int i = 0; i < pieces.Count; i++) _ends[i] = (i == 0 ? 0 : _ends[i - 1]) + pieces[i].Steps.Count;
        int highest = spec.Lowest + spec.Notes - 1;
        for (int i = 0; i < pieces.Count; i++)
        {
            if (_ranges[i].Highest < 0 || (_ranges[i].Lowest >= spec.Lowest && _ranges[i].Highest <= highest)) continue;
            int step = pieces[i].Steps.TakeWhile(notes => notes.All(note => note >= spec.Lowest && note <= highest)).Count();
            int note = pieces[i].Steps[step].First(each => each < spec.Lowest || each > highest);
            throw new InvalidDataException(
                $"{name}: step {step + 1} of the piece \"{pieces[i].Name}\" has the note {note}; the model knows {spec.Lowest} "
                + $"to {highest}. Move the piece by octaves, or train with music that has such notes.");
        }
    }

    public IReadOnlyList<NotePiece> Pieces { get; }

    /// <summary>The steps of the longest piece.</summary>
    public int Longest => Pieces.Max(piece => piece.Steps.Count);

    /// <summary>A piece, each with a probability as its length.</summary>
    public int Drawn(RandomNumbers random)
    {
        int found = Array.BinarySearch(_ends, random.Below((int)Math.Min(int.MaxValue, _ends[^1])) + 1L);
        return found < 0 ? ~found : found;
    }

    /// <summary>By how many half-tones a piece is moved: at most so many, and within the notes of the model.</summary>
    public int Moved(RandomNumbers random, int piece, int most)
    {
        (int lowest, int highest) = _ranges[piece];
        if (highest < 0 || most == 0) return 0;
        int down = Math.Min(most, lowest - _spec.Lowest), up = Math.Min(most, _spec.Lowest + _spec.Notes - 1 - highest);
        return random.Below(down + up + 1) - down;
    }

    /// <summary>Lays out whole pieces side by side.</summary>
    /// <param name="first">The first piece.</param>
    /// <param name="count">The number of pieces.</param>
    /// <param name="x">Takes the steps before.</param>
    /// <param name="y">Takes the steps.</param>
    public void Fill(int first, int count, SequenceBatch x, SequenceBatch y)
    {
        _lengths = Workspace.Reserve(_lengths, count);
        int steps = 0, notes = _spec.Notes;
        for (int i = 0; i < count; i++) steps += _lengths[i] = Pieces[first + i].Steps.Count;
        (_before, _now) = (Workspace.Reserve(_before, steps * notes), Workspace.Reserve(_now, steps * notes));
        for (int i = 0, at = 0; i < count; i++)
        {
            int size = _lengths[i] * notes;
            Write(first + i, 0, _lengths[i], 0, _before.AsSpan(at, size), _now.AsSpan(at, size));
            at += size;
        }

        x.Set(_lengths.AsSpan(0, count), _before.AsSpan(0, steps * notes), notes);
        y.Set(_lengths.AsSpan(0, count), _now.AsSpan(0, steps * notes), notes);
    }

    /// <summary>Writes steps: 1 where a note sounds, else 0.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="first">The first step.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="moved">By how many half-tones they are moved.</param>
    /// <param name="before">Takes x [count, N], for each step the one before it; nothing before the first of the piece.</param>
    /// <param name="now">Takes y [count, N].</param>
    public void Write(int piece, int first, int count, int moved, Span<float> before, Span<float> now)
    {
        IReadOnlyList<IReadOnlyList<int>> steps = Pieces[piece].Steps;
        before.Clear();
        now.Clear();
        int notes = _spec.Notes;
        for (int t = 0; t < count; t++)
        {
            if (first + t > 0) Put(steps[first + t - 1], before.Slice(t * notes, notes));
            Put(steps[first + t], now.Slice(t * notes, notes));
        }

        void Put(IReadOnlyList<int> of, Span<float> row)
        {
            foreach (int note in of) row[note - _spec.Lowest + moved] = 1f;
        }
    }
}
