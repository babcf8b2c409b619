namespace Recurant.Tasks;

/// <summary>
/// How a model of music is trained. Every property may be left out: what <see cref="LearningOptions"/> says of defaults holds
/// with the exception that the recurrent layer is a GRU of 256 units.
/// </summary>
public sealed record NotesOptions : LearningOptions
{
    /// <summary>
    /// Whether the notes of a step depend on one another (<see cref="NotesSpec.Chords"/>); else each is drawn by itself.
    /// Default: yes.
    /// </summary>
    public bool Chords { get; init; } = true;

    /// <summary>
    /// By how many half-tones a piece is moved at random, up or down, each time it is learnt from: 6 for all keys, 0 for none.
    /// Null: 6, but 0 where all pieces are in one key, as collections are that were brought to C.
    /// </summary>
    public int? Transpose { get; init; }

    /// <summary>The most steps of a piece that are read at once in training. Default: 128.</summary>
    public int Window { get; init; } = 128;

    /// <summary>How many steps a quarter note of MIDI files has; null where pieces came without.</summary>
    public int? StepsPerQuarter { get; init; }

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        TrainingOptionsCheck.ValidateCommon(this);
        TrainingOptionsCheck.Require(Transpose is null or (>= 0 and <= 24), Transpose, "0 to 24");
        TrainingOptionsCheck.Require(Window is >= 2 and <= 100_000, Window, "2 to 100,000");
        TrainingOptionsCheck.Require(StepsPerQuarter is null or (>= 1 and <= 960), StepsPerQuarter, "1 to 960");
    }
}
